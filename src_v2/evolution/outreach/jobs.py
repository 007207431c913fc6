"""The jobs of outreach: a look every quarter of an hour, and one job per message. Only where the doors are."""

from src_v2.core.jobs import JobKind, Payload, Queue, Schedule
from src_v2.evolution.outreach.requests import SWEEP, WRITE
from src_v2.evolution.outreach.service import Outreach

EVERY_QUARTER_HOUR = "*/15 * * * *"


def kinds(outreach: Outreach) -> list[JobKind]:
    """Return the jobs."""

    async def sweep(_payload: Payload) -> None:
        await outreach.sweep()

    async def write(payload: Payload) -> None:
        await outreach.write(payload)

    return [
        JobKind(SWEEP, Queue.SOCIAL, sweep, attempts=2, coalesces=True),
        JobKind(WRITE, Queue.SOCIAL, write, timeout_s=600.0),
    ]


def schedules(outreach: Outreach) -> list[Schedule]:
    """Return when to look: never when it is switched off, or there is no model."""
    return [Schedule(SWEEP, EVERY_QUARTER_HOUR)] if outreach.is_on else []
