"""How reminders are told to people: dates and rules in words, and the guidance of a reply about one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from src_v2.core.fence import fenced, one_line
from src_v2.evolution.reminders.asking import Request
from src_v2.evolution.reminders.models import MOST_OPEN, Reminder
from src_v2.evolution.reminders.rules import DAY_NAMES, value_of
from src_v2.evolution.reminders.times import Problem

_LONG = "%A, %d %B %Y, %H:%M"
_HEAD = "## A reminder"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_UNITS = {
    "MINUTELY": "minute",
    "HOURLY": "hour",
    "DAILY": "day",
    "WEEKLY": "week",
    "MONTHLY": "month",
    "YEARLY": "year",
}
_ORDINALS = {"1": "first", "2": "second", "3": "third", "4": "fourth", "-1": "last"}
_LAST_SHORT_DAY = 28
OWN_ZONE = "They can tell theirs with the command remind, zone, such as: remind zone Europe/Berlin."
WHY_OPEN: Mapping[Problem, str] = {
    Problem.MISSING: "I did not understand for when. Say it like: tomorrow at 17:00, in 20 minutes, every Monday at 9.",
    Problem.PAST: "That time is over already.",
    Problem.OFTEN: "That is too often: at most every fifteen minutes.",
    Problem.FAR: "That is more than ten years away.",
}
FULL = f"There are {MOST_OPEN} reminders waiting already: drop one first."
NOT_REMEMBERED = (
    "I keep nothing of you, because you want it so. A reminder would have to be kept until its time; "
    "let me remember you again if you want one."
)


class LateWords(NamedTuple):
    """How a plain reminder is worded in a language."""

    now: str
    late: str
    times: str
    units: tuple[tuple[str, str], tuple[str, str], tuple[str, str]]
    """Of minutes, hours and days: one, and several."""


PLAIN: Mapping[str, LateWords] = {
    "en": LateWords(
        "{name} here. You wanted me to remind you: “{what}”.",
        "I am sorry that this comes {ago} late: I was not there.",
        "I missed it {times} times; this is for all of them.",
        (("minute", "minutes"), ("hour", "hours"), ("day", "days")),
    ),
    "es": LateWords(
        "Soy {name}. Querías que te recordara: «{what}».",
        "Perdona que llegue {ago} tarde: no estaba.",
        "Se me pasó {times} veces; esto vale por todas.",
        (("minuto", "minutos"), ("hora", "horas"), ("día", "días")),
    ),
    "de": LateWords(
        "Hier ist {name}. Du wolltest erinnert werden: „{what}“.",
        "Entschuldige, das kommt {ago} zu spät: Ich war nicht da.",
        "Es ist mir {times} Mal entgangen; das hier gilt für alle.",
        (("Minute", "Minuten"), ("Stunde", "Stunden"), ("Tag", "Tage")),
    ),
    "fr": LateWords(
        "C'est {name}. Tu voulais que je te rappelle : « {what} ».",
        "Pardon, cela arrive avec {ago} de retard : je n'étais pas là.",
        "Je l'ai manqué {times} fois ; ceci vaut pour toutes.",
        (("minute", "minutes"), ("heure", "heures"), ("jour", "jours")),
    ),
    "pt": LateWords(
        "Aqui é {name}. Você queria que eu lembrasse: “{what}”.",
        "Desculpe, isto chega com {ago} de atraso: eu não estava.",
        "Passou {times} vezes; isto vale por todas.",
        (("minuto", "minutos"), ("hora", "horas"), ("dia", "dias")),
    ),
}


def how_long(late: timedelta, language: str) -> str:
    """Return a length of time in words, in its largest unit."""
    minutes = max(1, int(late.total_seconds() // 60))
    sizes = ((1_440, 2), (60, 1), (1, 0))
    size, unit = next((size, unit) for size, unit in sizes if minutes >= size)
    count = minutes // size
    return f"{count} {PLAIN[language].units[unit][count > 1]}"


def local(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment in words, on the clock of `zone`."""
    return moment.astimezone(zone).strftime(_LONG)


def when_of(reminder: Reminder) -> str:
    """Return when a reminder comes, in words."""
    at = f"{local(reminder.due_at, reminder.zone)} ({reminder.timezone})"
    return f"{in_words(value_of(reminder.rule))}, next on {at}" if reminder.rule else at


def in_words(rule: str) -> str:
    """Return how often the value of an RRULE comes."""
    parts = dict(part.split("=", 1) for part in rule.split(";"))
    unit, count = _UNITS[parts["FREQ"]], int(parts.get("INTERVAL", "1"))
    often = f"every {unit}" if count == 1 else f"every {count} {unit}s"
    days = parts.get("BYDAY", "").split(",") if "BYDAY" in parts else []
    if days == list(DAY_NAMES[:5]) and count == 1:
        return "every weekday"
    if days:
        return f"{often} on {' and '.join(map(_day_in_words, days))}"
    if "BYMONTHDAY" not in parts:
        return often
    day = int(parts["BYMONTHDAY"].rpartition(",")[2])
    return f"{often} on {'the last day' if day < 0 else f'day {day}'}" + (
        f" of month {parts['BYMONTH']}" if "BYMONTH" in parts else ""
    )


def _day_in_words(day: str) -> str:
    name = _WEEKDAYS[DAY_NAMES.index(day[-2:])]
    return f"the {_ORDINALS[day[:-2]]} {name}" if day[:-2] else name


def listed(reminder: Reminder) -> str:
    """Return a reminder as one line of a list."""
    if not reminder.missed:
        return f"{when_of(reminder)}: {one_line(reminder.what)}"
    next_time = f" It comes again: {when_of(reminder)}." if reminder.is_open else ""
    was = "" if reminder.is_open else f", it was for {local(reminder.due_at, reminder.zone)}"
    return f"I could not tell you{was}: {one_line(reminder.what)}.{next_time}"


def set_guidance(reminder: Reminder) -> str:
    """Return what a reply must say about a reminder that was just set."""
    zone = (
        f"\nWhere they are is not known, so it was counted on your own clock ({reminder.timezone}): say so. {OWN_ZONE}"
        if reminder.guessed_zone
        else ""
    )
    return (
        f"{_HEAD}\nThe person just asked for a reminder, and it is set; this is done already. "
        f"When: {when_of(reminder)}. "
        f"Of what:\n{_quoted(reminder.what)}\n"
        f"Confirm it in your own words, with this day and time and no other. It will be said by itself then.{zone}"
    )


def open_guidance(request: Request, *, with_tools: bool = False) -> str:
    """Return what a reply must say about a reminder that could not be set."""
    asks = f"{_HEAD}\nThe person asks for a reminder, but nothing is set, and you must not claim that it is."
    if not isinstance(request.when, Problem):
        return f"{asks} They did not say of what. Ask them, briefly."
    if request.when is not Problem.MISSING:
        return f"{asks} {WHY_OPEN[request.when]} Tell them, and ask for another time."
    known = (
        "If you know the time from what they told you, set it with set_reminder. Otherwise ask" if with_tools else "Ask"
    )
    return f"{asks} They named no time that is understood. {known} them for when, briefly."


def refused_guidance(why: str) -> str:
    """Return what a reply must say about a reminder that is not kept."""
    return f"{_HEAD}\nThe person asks for a reminder, but nothing is set, and you must not claim that it is. Why: {why}"


def missed_guidance(missed: Sequence[Reminder]) -> str:
    """Return what a reply must say of reminders that could not be said at their time."""
    lines = [f"- {local(one.due_at, one.zone)}: {one_line(one.what)}" for one in missed]
    return (
        f"{_HEAD}\nYou were to remind this person and could not reach them at the time. Tell them now, in your own "
        f"words, and that it is late:\n{fenced('quoted', lines)}"
    )


def _quoted(what: str) -> str:
    return fenced("quoted", [one_line(what)])
