"""Requests scheduled jobs: one per tick, however many processes tick."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import croniter  # type: ignore[import-untyped]

from src_v2.core.clock import Clock
from src_v2.core.errors import SettingsError
from src_v2.core.jobs import JobRequest, Schedule
from src_v2.jobs.store import JobStore

LOOK_EVERY_S = 30.0
"""How often to look at the clock at least: it may be set, and a laptop may have slept."""
WITH_SECONDS = 6


class Ticks:
    """Schedules, and up to when their ticks have been requested.

    Of ticks that were missed because nobody was there, only the last is made up for: scheduled work looks for what is
    to be done. An hour that the clocks go through twice has its ticks twice, one that they leap over at its end.
    """

    def __init__(
        self, store: JobStore, schedules: Sequence[Schedule], clock: Clock, on_request: Callable[[], None]
    ) -> None:
        for schedule in schedules:
            check_schedule(schedule)
        self._store = store
        self._schedules = schedules
        self._clock = clock
        self._on_request = on_request
        self._until: datetime | None = None

    async def begin(self) -> None:
        """Find out since when nobody has ticked: to be called before this process's heart beats."""
        self._until = max((await self._store.beats()).values(), default=self._clock.now())

    async def step(self) -> float:
        """Request what is due; return the seconds until the next tick."""
        now = self._clock.now()
        since = self._until or now
        missed = [(schedule, last_tick(schedule, now)) for schedule in self._schedules]
        requests = [request_of(schedule, tick) for schedule, tick in missed if tick > since]
        if requests:
            await self._store.request(requests, now)
            self._on_request()
        self._until = max(now, since)
        waits = [(next_tick(schedule, now) - now).total_seconds() for schedule in self._schedules]
        return min([LOOK_EVERY_S, *waits])


def request_of(schedule: Schedule, tick: datetime) -> JobRequest:
    """Return the request for one tick; its key is the same in every process."""
    return JobRequest(schedule.kind, f"{schedule.kind}@{tick.astimezone(UTC).isoformat()}")


def next_tick(schedule: Schedule, after: datetime) -> datetime:
    """Return the first tick after that time, in UTC."""
    tick: datetime = _ticks(schedule, after).get_next(datetime)
    return tick.astimezone(UTC)


def last_tick(schedule: Schedule, until: datetime) -> datetime:
    """Return the last tick until that time, itself included, in UTC."""
    tick: datetime = _ticks(schedule, next_tick(schedule, until)).get_prev(datetime)
    return tick.astimezone(UTC)


def check_schedule(schedule: Schedule) -> None:
    """Raise SettingsError for times or a zone that nobody understands."""
    try:
        ZoneInfo(schedule.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError(f"{schedule.kind}: there is no time zone {schedule.timezone!r}") from error
    if not croniter.is_valid(schedule.cron, second_at_beginning=_has_seconds(schedule)):
        raise SettingsError(f"{schedule.kind}: {schedule.cron!r} is no schedule, write it like '30 4 * * *'")


def _ticks(schedule: Schedule, start: datetime) -> croniter:
    local = start.astimezone(ZoneInfo(schedule.timezone))
    return croniter(schedule.cron, local, second_at_beginning=_has_seconds(schedule))


def _has_seconds(schedule: Schedule) -> bool:
    return len(schedule.cron.split()) == WITH_SECONDS
