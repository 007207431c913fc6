"""The twenty people of the simulated year: where they live, what they want, and what happens when. All of it seeded."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from tests.support.epiphany_words import EVENTS, FILLER, MOODS, PERSONS, TOPICS
from tests.support.year_events import (
    BERLIN,
    END,
    HERS,
    NEW_YORK,
    START,
    TOKYO,
    Erasure,
    Event,
    Glance,
    NoLongerRemembered,
    Order,
    React,
    Resident,
    Talk,
    Weekly,
    local,
)
from tests.support.year_words import CRUEL, DAYS_WORTH_A_PAGE, INSULT, KIND, PRAISE, dated

SEED = 2026
DOWN = (datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 18, tzinfo=UTC))
"""Nobody is there: the process does not run."""
OPTS_OUT, ERASED, SWITCHES_OFF = date(2026, 6, 10), date(2026, 9, 10), date(2026, 8, 3)
LESS_OFTEN = date(2026, 2, 4)
"""From then on the one who came every day comes on Thursdays."""
LEFT, RETURNED = date(2026, 3, 1), date(2026, 6, 7)


RESIDENTS: dict[str, Resident] = {
    one.name: one
    for one in (
        Resident("Dana", HERS, wants_messages=True),  # every day
        Resident("Walt", BERLIN),  # on Sundays
        Resident("Wendy", NEW_YORK),  # at weekends
        Resident("Kenji", TOKYO, wants_messages=True),  # in the night
        Resident("Nyla", NEW_YORK, wants_messages=True),
        Resident("Hanna", BERLIN),  # with hearts
        Resident("Igor", BERLIN),  # insults
        Resident("Lena", BERLIN),  # is away for three months
        Resident("Olga", BERLIN, wants_messages=True),  # does not want to be remembered from June on
        Resident("Erik", BERLIN, wants_messages=True),  # is erased in September
        Resident("Quincy", BERLIN, wants_messages=True, quiet=(20, 10)),
        Resident("Nils", BERLIN, wants_messages=True),  # never answers
        Resident("Ada", NEW_YORK, wants_messages=True, answers=True),
        Resident("Lotte", BERLIN, wants_messages=True),  # hardly talks
        Resident("Gus", BERLIN, wants_messages=True),  # in a server only
        Resident("Nora", BERLIN),  # speaks of space when she is sad
        Resident("Pavel", BERLIN),  # plays chess when there was an exam
        Resident("Dora", NEW_YORK),  # has habits that only look like some
        Resident("Hollis", NEW_YORK),  # of whom the model has nothing to say
        Resident("Zoe", "", wants_messages=True),  # nobody knows where
    )
}
PLANTED = {"Nora": ("sad", "space"), "Pavel": ("exam", "chess"), "Gus": ("Priya", "cheerful")}
REMINDERS = (
    Weekly("Walt", BERLIN, local(date(2026, 1, 8), time(18), BERLIN), 0, time(9), "water the plants"),
    Weekly("Nyla", NEW_YORK, local(date(2026, 1, 7), time(12), NEW_YORK), 4, time(8), "call grandma", weeks=2),
    Weekly("Kenji", TOKYO, local(date(2026, 1, 9), time(1), TOKYO), 5, time(23, 30), "stretch"),
    Weekly("Lena", BERLIN, local(date(2026, 1, 12), time(20), BERLIN), 6, time(2, 30), "feed the sourdough"),
    Weekly("Zoe", HERS, local(date(2026, 1, 14), time(12), HERS), 2, time(18), "feed the cat"),
    Weekly("Olga", BERLIN, local(date(2026, 1, 15), time(12), BERLIN), 1, time(7, 30), "take the bins out",
           until=local(OPTS_OUT, time(12), BERLIN)),
    Weekly("Erik", BERLIN, local(date(2026, 1, 15), time(13), BERLIN), 1, time(7, 45), "take the glass out",
           until=local(ERASED, time(12), BERLIN)),
)  # fmt: skip
MUM = (date(2026, 3, 8), date(2026, 11, 1), date(2026, 11, 16))
"""Days on which clocks change there, and one on which nobody is there."""
ONCE = {
    "Dana": [(local(day, time(17), HERS), "call my mum") for day in MUM],
    "Gus": [(local(date(2026, 5, 2), time(10), BERLIN), "bring the tent")],
}  # fmt: skip
"""Reminders that come once, asked for in conversation."""


def plan() -> list[Event]:
    """Return everything that is going to happen, in order; what follows from being written to is not in it."""
    events: list[Event] = []
    for name, habit in _HABITS.items():
        events += habit(name, random.Random(f"{SEED}:{name}"))
    events += _wishes()
    inside = [one for one in events if START <= one.at < END and not DOWN[0] <= one.at < DOWN[1]]
    return sorted(inside, key=lambda one: (one.at, one.who, type(one).__name__))


def _wishes() -> Iterator[Event]:
    """Yield what they order: to be written to, and to be reminded."""
    for name, one in RESIDENTS.items():
        if one.wants_messages:
            on = local(date(2026, 1, 20), time(12), one.clock.key)
            yield Order(on, name, "reach-out", "on")
            if one.quiet != (22, 8):
                yield Order(on, name, "reach-out", "quiet", f"{one.quiet[0]}-{one.quiet[1]}")
    yield Order(local(SWITCHES_OFF, time(12), TOKYO), "Kenji", "reach-out", "off")
    days = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    for weekly in REMINDERS:
        every = "every other" if weekly.weeks == 2 else "every"
        asked = f"{weekly.what} {every} {days[weekly.weekday]} at {weekly.at:%H:%M}"
        yield Order(weekly.asked_at, weekly.who, "remind", "add", asked)


def _days(first: date, last: date, dice: random.Random, least: int, most: int) -> Iterator[date]:
    """Yield days, so many to so many apart."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=dice.randint(least, most))


def _at(name: str, day: date, dice: random.Random, first: int, last: int) -> datetime:
    """Return a moment between two hours of a day, where the person lives."""
    at = time(dice.randint(first, last - 1), dice.randrange(60))
    return local(day, at, RESIDENTS[name].clock.key)


def _becoming_friends(name: str, dice: random.Random, first: date, times: int = 5) -> Iterator[Event]:
    """Yield conversations that bring ten points each."""
    for step in range(times):
        yield Talk(_at(name, first + timedelta(days=3 * step), dice, 14, 18), name, KIND)


def _topic(dice: random.Random) -> str:
    return dice.choice(TOPICS[dice.choice(sorted(TOPICS))])


def _daily(name: str, dice: random.Random) -> Iterator[Event]:
    remind = {one.astimezone(RESIDENTS[name].clock).date(): what for one, what in ONCE[name]}
    for step, day in enumerate(_days(START.date(), END.date(), dice, 1, 1)):
        texts: tuple[str, ...] = (_topic(dice),)
        if day > LESS_OFTEN and day.weekday() != 3 and day + timedelta(days=1) not in remind:
            continue
        if step in {20, 210}:
            texts = tuple(dice.sample(FILLER, 12))  # more than a day can earn
        elif step % 20 == 7:
            texts = dice.choice(DAYS_WORTH_A_PAGE)
        elif day + timedelta(days=1) in remind:
            texts = (f"Remind me tomorrow at 5pm to {remind[day + timedelta(days=1)]}.",)
        yield Talk(_at(name, day, dice, 9, 18), name, texts)


def _weekly(name: str, dice: random.Random) -> Iterator[Event]:
    for day in _days(date(2026, 1, 4), END.date(), dice, 7, 7):
        yield Talk(_at(name, day, dice, 10, 20), name, (_topic(dice),))


def _at_weekends(name: str, dice: random.Random) -> Iterator[Event]:
    for day in _days(date(2026, 1, 3), END.date(), dice, 1, 1):
        if day.weekday() == 5 + (day.month % 2) and day.isocalendar().week % 2:
            yield Talk(_at(name, day, dice, 9, 22), name, (_topic(dice),))


def _by_night(name: str, dice: random.Random) -> Iterator[Event]:
    yield from _becoming_friends(name, dice, date(2026, 1, 10))
    for day in _days(date(2026, 2, 1), END.date(), dice, 21, 28):
        yield Talk(_at(name, day, dice, 0, 3), name, (dice.choice(FILLER), dated("concert", _ahead(day, 4))))


def _ahead(day: date, days: int) -> str:
    return (day + timedelta(days=days)).isoformat()


def _with_hearts(name: str, dice: random.Random) -> Iterator[Event]:
    for step, day in enumerate(_days(date(2026, 1, 5), date(2026, 11, 10), dice, 11, 15)):
        at = _at(name, day, dice, 9, 18)
        yield Talk(at, name, (PRAISE if step % 4 == 0 else _topic(dice),))
        yield React(at + timedelta(minutes=5), name, "❤️")
        yield Glance(at + timedelta(minutes=6), name)
        yield Glance(at + timedelta(minutes=67), name)
    back = local(date(2026, 11, 25), time(12), BERLIN)
    yield from (React(back + timedelta(minutes=one), name, "❤️", -one, back=True) for one in (1, 2, 14, 18))


def _with_insults(name: str, dice: random.Random) -> Iterator[Event]:
    yield from _becoming_friends(name, dice, date(2026, 1, 10))
    yield from _a_bad_spell(name, dice, date(2026, 3, 2))
    yield from _becoming_friends(name, dice, date(2026, 5, 4), 8)
    yield from _a_bad_spell(name, dice, date(2026, 9, 7))


def _a_bad_spell(name: str, dice: random.Random, first: date) -> Iterator[Event]:
    for day in _days(first, first + timedelta(days=14), dice, 4, 4):
        at = _at(name, day, dice, 10, 18)
        yield Talk(at, name, CRUEL)
        yield from (React(at + timedelta(minutes=5 + one), name, "👎", -one) for one in (1, 2, 3))
        yield Glance(at + timedelta(minutes=9), name)
        yield Glance(at + timedelta(minutes=72), name)
        yield Talk(at + timedelta(hours=3), name, (INSULT,))
        yield Glance(at + timedelta(hours=3, minutes=62), name)


def _away(name: str, dice: random.Random) -> Iterator[Event]:
    yield from _becoming_friends(name, dice, date(2026, 1, 10))
    for day in (*_days(date(2026, 1, 28), LEFT, dice, 8, 12), *_days(RETURNED, END.date(), dice, 14, 18)):
        yield Talk(_at(name, day, dice, 9, 20), name, (_topic(dice),))


def _unremembered(name: str, dice: random.Random) -> Iterator[Event]:
    yield from _becoming_friends(name, dice, date(2026, 1, 22))
    yield NoLongerRemembered(local(OPTS_OUT, time(12), BERLIN), name)
    yield from _now_and_then(name, dice, date(2026, 2, 10), END.date())


def _now_and_then(name: str, dice: random.Random, first: date, last: date) -> Iterator[Event]:
    for step, day in enumerate(_days(first, last, dice, 18, 25)):
        at = _at(name, day, dice, 11, 18)
        yield Talk(at, name, (dated(("match", "flight", "dinner")[step % 3], _ahead(day, dice.randint(3, 6))),))


def _erased(name: str, dice: random.Random) -> Iterator[Event]:
    yield from _becoming_friends(name, dice, date(2026, 1, 22))
    yield from _now_and_then(name, dice, date(2026, 2, 10), ERASED - timedelta(days=2))
    yield Talk(local(date(2026, 5, 5), time(15), BERLIN), name, DAYS_WORTH_A_PAGE[0])
    yield Erasure(local(ERASED, time(12), BERLIN), name)


def _reachable(name: str, dice: random.Random) -> Iterator[Event]:
    yield from _becoming_friends(name, dice, date(2026, 1, 22))
    yield from _now_and_then(name, dice, date(2026, 2, 10), END.date())
    yield Talk(_at(name, date(2026, 6, 15), dice, 11, 16), name, DAYS_WORTH_A_PAGE[1])


def _silent(name: str, dice: random.Random) -> Iterator[Event]:
    yield from _becoming_friends(name, dice, date(2026, 1, 22))
    yield Talk(_at(name, date(2026, 2, 10), dice, 11, 16), name, (dated("wedding", "2026-02-14"),))


def _distant(name: str, dice: random.Random) -> Iterator[Event]:
    for day in _days(date(2026, 1, 15), date(2026, 9, 30), dice, 24, 30):
        yield Talk(_at(name, day, dice, 11, 18), name, (dated("hearing", _ahead(day, 4)),))


def _in_a_server(name: str, dice: random.Random) -> Iterator[Event]:
    for one in _with_habit(name, dice, date(2026, 1, 12), ("Priya", "cheerful"), 24):
        assert isinstance(one, Talk)
        yield Talk(one.at, name, one.texts, in_server=True)
    due, what = ONCE[name][0]
    ask = f"Remind me on {due:%Y-%m-%d} at 10:00 to {what}."
    yield Talk(local(date(2026, 4, 20), time(16), BERLIN), name, (ask,), in_server=True)


def _with_habit(name: str, dice: random.Random, first: date, habit: tuple[str, str], times: int) -> Iterator[Event]:
    """Yield conversations in which one thing mostly follows another, and everything else comes at random."""
    sentences: dict[str, Sequence[str]] = {**TOPICS, **MOODS, **EVENTS, **PERSONS}
    others = sorted(set(TOPICS) - {habit[1]})
    day = first
    for step in range(times):
        texts = [dice.choice(sentences[dice.choice(others)])]
        if step % 5 in {1, 3}:
            texts = [dice.choice(sentences[habit[0]]), dice.choice(sentences[habit[1]])]
        yield Talk(_at(name, day, dice, 9, 20), name, tuple(texts))
        day += timedelta(days=dice.randint(3, 5))


def _with_a_habit(name: str, dice: random.Random) -> Iterator[Event]:
    yield from _with_habit(name, dice, date(2026, 1, 12), PLANTED[name], 33)
    if name == "Nora":  # in front of others, while it is not said yet, and after
        for day in _days(date(2026, 2, 20), date(2026, 6, 20), dice, 8, 12):
            yield Talk(_at(name, day, dice, 9, 20), name, (dice.choice(TOPICS["space"]),), in_server=True)
        yield from (Order(_at(name, date(2026, 10, day), dice, 9, 12), name, "insights") for day in (1, 20))
    else:
        for day in _days(date(2026, 2, 1), date(2026, 8, 20), dice, 3, 3):
            yield Order(local(day, time(8), BERLIN), name, "insights", "delete", first_item=True)


def _with_decoys(name: str, dice: random.Random) -> Iterator[Event]:
    """Yield habits that are none: what is always there, what came thrice, what came in one week only."""
    for step, day in enumerate(_days(date(2026, 1, 12), date(2026, 5, 10), dice, 3, 6)):
        texts = [dice.choice(TOPICS["garden"])] if dice.random() < 0.8 else [dice.choice(TOPICS["birds"])]
        if dice.random() < 0.25:
            texts.append(dice.choice(EVENTS["deadline"]))
        if step in {5, 12, 19}:
            texts = [dice.choice(EVENTS["dentist"]), dice.choice(TOPICS["guitar"])]
        yield Talk(_at(name, day, dice, 9, 14), name, tuple(texts))
    for day in _days(date(2026, 4, 6), date(2026, 4, 12), dice, 1, 1):
        yield Talk(_at(name, day, dice, 18, 21), name, (EVENTS["night shift"][0], TOPICS["sewing"][0]))


def _with_nothing_to_say(name: str, dice: random.Random) -> Iterator[Event]:
    for step, day in enumerate(_days(date(2026, 1, 20), END.date(), dice, 25, 35)):
        yield Talk(_at(name, day, dice, 12, 18), name, DAYS_WORTH_A_PAGE[step % 4])


_HABITS: dict[str, Callable[[str, random.Random], Iterator[Event]]] = {
    "Dana": _daily, "Walt": _weekly, "Wendy": _at_weekends, "Kenji": _by_night, "Nyla": _reachable,
    "Hanna": _with_hearts, "Igor": _with_insults, "Lena": _away, "Olga": _unremembered, "Erik": _erased,
    "Quincy": _reachable, "Nils": _silent, "Ada": _reachable, "Lotte": _distant, "Gus": _in_a_server,
    "Nora": _with_a_habit, "Pavel": _with_a_habit, "Dora": _with_decoys, "Hollis": _with_nothing_to_say,
    "Zoe": _reachable,
}  # fmt: skip
