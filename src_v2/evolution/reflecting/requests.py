"""What is asked of the jobs: a look for stretches, and the reflection on one."""

from datetime import date

from src_v2.core.jobs import JobRequest
from src_v2.evolution.reflecting.models import Waiting

SWEEP, REFLECT = "reflecting.sweep", "reflecting.reflect"
EVERY_MINUTE = "* * * * *"
LOW_PRIORITY = 220
"""After reading back: a look at the past can wait longer than what the next reply may need."""


def reflect_request(waiting: Waiting, day: date) -> JobRequest:
    """Return the request to reflect on a stretch, once a day; a person's stretches follow each other."""
    return JobRequest(
        REFLECT, f"reflect:{waiting.id}:{day.isoformat()}", {"stretch": waiting.id},
        order_key=f"reflect:{waiting.character}:{waiting.user_id}", priority=LOW_PRIORITY, user_id=waiting.user_id,
    )  # fmt: skip
