"""When a character writes by itself: the rules that always hold, and what makes it eager."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from src_v2.evolution.outreach.deciding import decide, eagerness, is_time
from src_v2.evolution.outreach.hours import ALWAYS, USUAL, Hours, is_quiet
from src_v2.evolution.outreach.models import Reason, State, Why

NOON = datetime(2026, 5, 6, 12, tzinfo=UTC)
ZONES = ("UTC", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Kiritimati", "Europe/Berlin", "Pacific/Niue")
GOOD = Reason("date:exam", "they | has | exam", 1.0)


def state(**changes: object) -> State:
    """Return a state in which the character writes."""
    fine = State(
        now=NOON + timedelta(hours=8), enabled=True, has_place=True, trust=60, talked_at=NOON - timedelta(days=3),
        wrote_at=(), per_week=2, zone=ZoneInfo("UTC"), quiet=(USUAL,), eagerness=1.0, battery=5, spent=0,
        seed="elena\0somebody", reasons=(GOOD,),
    )  # fmt: skip
    return replace(fine, **changes)  # type: ignore[arg-type] # names of fields


ago = st.timedeltas(timedelta(0), timedelta(days=20))
reasons = st.builds(Reason, st.sampled_from("abcdef"), st.just("why"), st.floats(0, 1))
CHANGES: dict[str, st.SearchStrategy[object]] = {
    "now": ago.map(lambda later: NOON + later),
    "enabled": st.booleans(),
    "has_place": st.booleans(),
    "trust": st.integers(-100, 100),
    "talked_at": st.none() | ago.map(lambda before: NOON - before),
    "wrote_at": st.lists(ago.map(lambda before: NOON - before), max_size=3).map(tuple),
    "per_week": st.integers(1, 7),
    "zone": st.sampled_from([ZoneInfo(name) for name in ZONES]),
    "quiet": st.lists(st.builds(Hours, st.integers(0, 719), st.integers(720, 1439)), max_size=2).map(tuple),
    "eagerness": st.floats(0, 1),
    "battery": st.integers(0, 8),
    "spent": st.integers(0, 9),
    "used": st.sets(st.sampled_from("abcdef")).map(frozenset),
    "reasons": st.lists(reasons, max_size=3).map(tuple),
}
changed = st.sets(st.sampled_from(sorted(CHANGES)), max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: CHANGES[name] for name in sorted(names)})
)


@settings(max_examples=400)
@given(changed)
def test_it_never_writes_when_it_may_not(changes: dict[str, object]) -> None:
    held = state(**changes)
    decision = decide(held)
    assert decision == decide(held)
    assert decision.writes is (decision.reason is not None)
    event(decision.why)
    if not decision.writes:
        return
    assert held.enabled
    assert held.has_place
    assert held.trust >= 20
    assert held.talked_at is not None
    assert held.now - held.talked_at >= timedelta(hours=24)
    assert all(at < held.talked_at for at in held.wrote_at), "something is unanswered"
    assert sum(held.now - at < timedelta(days=7) for at in held.wrote_at) < held.per_week
    local = held.now.astimezone(held.zone)
    assert not any(one.hold(local.hour * 60 + local.minute) for one in held.quiet)
    assert held.spent < held.battery
    assert decision.reason in held.reasons
    assert decision.reason is not None
    assert decision.reason.id not in held.used


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, Why.WRITES),
        ({"enabled": False}, Why.OFF),
        ({"talked_at": None}, Why.NEVER_TALKED),
        ({"has_place": False}, Why.NOWHERE),
        ({"trust": 19}, Why.TOO_DISTANT),
        ({"trust": 20}, Why.WRITES),
        ({"talked_at": NOON - timedelta(hours=15, minutes=59)}, Why.TOO_SOON),
        ({"talked_at": NOON - timedelta(hours=16)}, Why.WRITES),
        ({"wrote_at": (NOON - timedelta(days=2),)}, Why.UNANSWERED),
        ({"wrote_at": (NOON - timedelta(days=4),)}, Why.WRITES),
        ({"wrote_at": (NOON - timedelta(days=5), NOON - timedelta(days=4))}, Why.WEEK_FULL),
        ({"now": NOON + timedelta(hours=10)}, Why.QUIET),
        ({"quiet": (Hours(19 * 60, 21 * 60),)}, Why.QUIET),
        ({"spent": 5}, Why.TIRED),
        ({"battery": 0}, Why.TIRED),
        ({"reasons": ()}, Why.NO_REASON),
        ({"used": frozenset({"date:exam"})}, Why.NO_REASON),
    ],
)
def test_what_keeps_it_from_writing(changes: dict[str, object], why: Why) -> None:
    assert decide(state(**changes)).why is why


def test_the_best_reason_is_taken() -> None:
    weak, strong = Reason("a", "weak", 0.6), Reason("b", "strong", 0.9)
    assert decide(state(reasons=(weak, strong))).reason is strong


def test_it_is_not_at_the_same_minute_every_day_but_always_at_the_same_one_of_a_day() -> None:
    firsts = []
    for day in range(14):
        start = datetime(2026, 5, 6, tzinfo=UTC) + timedelta(days=day)
        minute = next(m for m in range(1440) if decide(state(now=start + timedelta(minutes=m))).writes)
        later = [decide(state(now=start + timedelta(minutes=m))).writes for m in range(minute, 22 * 60, 7)]
        assert all(later), "once the moment has come it stays"
        firsts.append(minute)
    assert len(set(firsts)) > 10
    assert 8 * 60 <= min(firsts) < max(firsts) < 22 * 60


def test_a_character_that_longs_for_people_writes_more_readily() -> None:
    def written(eager: float, spent: int = 0) -> int:
        reasons = [Reason(f"r{number}", "why", 0.4) for number in range(300)]
        return sum(decide(state(eagerness=eager, spent=spent, reasons=(one,))).writes for one in reasons)

    assert written(0.9) > 1.5 * written(0.2)
    assert written(0.9) > written(0.9, spent=4) > 0


def test_drives_say_how_eager_a_character_is() -> None:
    assert eagerness({"connection": 0.9, "care": 0.1}) == 0.9
    assert eagerness({"Connection": 0.2}) == 0.2
    assert eagerness({"listening": 0.95, "pride": 0.25}) == 0.95
    assert eagerness({"precision": 1.0}) == 0.5
    assert eagerness({"connection": 7.0}) == 1.0


@pytest.mark.parametrize("day", [datetime(2026, 3, 8), datetime(2026, 11, 1)])  # noqa: DTZ001 - made aware below
def test_quiet_hours_are_those_of_the_wall_clock_when_summer_time_comes_and_goes(day: datetime) -> None:
    zone = ZoneInfo("America/Los_Angeles")
    for step in range(0, 48 * 60, 5):
        now = day.replace(tzinfo=UTC) + timedelta(minutes=step)
        local = now.astimezone(zone)
        asleep = local.hour >= 22 or local.hour < 8
        assert is_quiet(now, zone, (USUAL,)) is asleep
        if asleep:
            assert decide(state(now=now, zone=zone, talked_at=now - timedelta(days=3))).why is Why.QUIET


def test_nobody_is_woken_whose_time_zone_is_not_known() -> None:
    for minute in range(0, 1440, 15):
        now = datetime(2026, 5, 6, tzinfo=UTC) + timedelta(minutes=minute)
        assert is_quiet(now, ZoneInfo("UTC"), (ALWAYS,))
        assert not is_time(state(now=now, quiet=(ALWAYS,)))
        assert decide(state(now=now, quiet=(ALWAYS,), talked_at=now - timedelta(days=3))).why is Why.QUIET
