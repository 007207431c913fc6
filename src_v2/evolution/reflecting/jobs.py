"""The background work of reflection."""

from src_v2.core.jobs import JobKind, Payload, Queue, Schedule
from src_v2.evolution.reflecting.requests import EVERY_MINUTE, REFLECT, SWEEP
from src_v2.evolution.reflecting.service import Reflecting

REFLECT_TIMEOUT_S = 600.0
"""A chain of models, each asked repeatedly, and an answer that is put right once."""


def kinds(reflecting: Reflecting) -> list[JobKind]:
    """Return the jobs that find stretches, and reflect on one."""

    async def sweep(_: Payload) -> None:
        await reflecting.sweep()

    async def reflect(payload: Payload) -> None:
        await reflecting.reflect(str(payload["stretch"]))

    return [
        JobKind(SWEEP, Queue.REFLECTION, sweep, coalesces=True),
        JobKind(REFLECT, Queue.REFLECTION, reflect, timeout_s=REFLECT_TIMEOUT_S),
    ]


def schedules() -> list[Schedule]:
    """Return when stretches are looked for."""
    return [Schedule(SWEEP, EVERY_MINUTE)]
