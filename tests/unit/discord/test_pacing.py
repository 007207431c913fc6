"""Writes keep within Discord's limits, and what people wait for goes first."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from src_v2.interfaces.discord.pacing import Pacing, Urgency
from tests.support.clock import VirtualClock


def writes_of_a_long_reply(clock: VirtualClock, seconds: float) -> list[float]:
    pace = Pacing(clock, 1.0).of(1)
    times: list[float] = []
    while clock.monotonic() < seconds:
        wait_s = pace.take(Urgency.GROWING)
        if wait_s > 0:
            clock.advance(wait_s)
        else:
            times.append(clock.monotonic())
            pace.wrote()
    return times


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(start <= time < start + seconds for time in times) for start in times)


async def test_a_growing_reply_is_edited_at_most_once_per_interval_and_leaves_room() -> None:
    times = writes_of_a_long_reply(VirtualClock(), 30.0)
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(times))
    assert most_within(times, 5.0) == 4
    assert len(times) >= 20


async def test_the_final_text_does_not_wait_for_the_interval() -> None:
    clock = VirtualClock()
    pace = Pacing(clock, 1.0).of(1)
    assert pace.take(Urgency.GROWING) == 0
    assert pace.take(Urgency.GROWING) == 1.0
    assert pace.take(Urgency.URGENT) == 0


async def test_all_replies_in_a_channel_share_its_pace_and_other_channels_do_not() -> None:
    pacing = Pacing(VirtualClock(), 1.0)
    assert pacing.of(1).take(Urgency.GROWING) == 0
    assert pacing.of(1).take(Urgency.GROWING) > 0
    assert pacing.of(2).take(Urgency.GROWING) == 0


async def test_a_slow_or_limiting_discord_is_asked_less_often() -> None:
    clock = VirtualClock()
    pace = Pacing(clock, 1.0).of(1)
    pace.take(Urgency.GROWING)
    clock.advance(3.0)
    pace.wrote()
    assert pace.take(Urgency.GROWING) == 1.0
    pace.hold(7.0)
    assert pace.take(Urgency.URGENT) == 7.0


async def test_typing_gives_way_to_words_when_many_people_are_talked_to() -> None:
    clock = VirtualClock()
    pacing = Pacing(clock, 1.0)
    shown = sum(pacing.of(channel).take_typing() <= 0 for channel in range(100))
    first_words = sum(pacing.of(channel).take(Urgency.URGENT) <= 0 for channel in range(100))
    assert first_words >= 20
    assert shown + first_words < 50


@given(st.lists(st.tuples(st.floats(0, 2), st.sampled_from(Urgency)), max_size=60))
def test_no_window_of_five_seconds_ever_holds_more_than_five_writes(steps: list[tuple[float, Urgency]]) -> None:
    clock = VirtualClock()
    pace = Pacing(clock, 1.0).of(1)
    times = [0.0]
    for pause_s, urgency in steps:
        clock.advance(pause_s)
        if pace.take(urgency) <= 0:
            times.append(clock.monotonic())
    assert most_within(times[1:] or times, 5.0) <= 5
