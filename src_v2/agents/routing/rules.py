"""What is certain without asking the examples, and what signals alone suggest while the examples are not there yet."""

from src_v2.agents.routing.signals import Signals
from src_v2.core.routes import Complexity

_BRIEF = 3
_ABOUT_A_PICTURE = 8
_WORK = ("said", "plan", "study", "sum", "formula", "world", "calendar", "undo", "do")
_LESS_THAN_HALF, _HARDLY = 0.43, 0.2
_LONG = 30
_MANY_PARTS = 4


def certainly_simple(found: Signals, pictures: int) -> str | None:
    """Return the name of the rule by which this is simple for sure, if one holds; nothing else need be asked then."""
    if not found.words and not found.code and not found.links:
        return "no_words"
    if found.acts:
        return "acts"
    if found.handy_sum:
        return "handy_sum"
    if found.words <= _BRIEF and not (found.numbers or found.code or found.links or found.has(*_WORK)):
        return "brief"
    if pictures and found.words <= _ABOUT_A_PICTURE and not found.has("said", "world", "study"):
        return "about_a_picture"
    return None


def simple_from(found: Signals) -> float:
    """Return from which likelihood on a message is taken for simple, 0..1.

    Below as likely as not, because small talk that is thought about annoys more than a question that is
    answered at once; far below where nothing is asked for.
    """
    return _HARDLY if found.tells else _LESS_THAN_HALF


def at_a_glance(found: Signals) -> Complexity:
    """Return what the signals suggest by themselves."""
    if found.tells:
        return Complexity.SIMPLE
    of_the_past = found.has("said") and found.has("self") and found.has("how_much", "back_then", "weigh")
    to_look_up = found.links or (found.has("world") and found.has("now", "do", "request"))
    effort = int(of_the_past or bool(to_look_up) or found.odd_sum or found.has("calendar"))
    if found.has("plan") and found.has("limit", "span", "money", "do"):
        effort = 2
    if effort and found.has("weigh") and found.has("said", "do"):
        effort = 2
    if found.has("study") and (effort or found.has("said", "do")):
        effort += 1
    if effort and found.words > _LONG and found.parts > _MANY_PARTS:
        effort += 1
    return tuple(Complexity)[min(effort, len(Complexity) - 1)]


def notable(found: Signals) -> tuple[str, ...]:
    """Return names of what stands out in a message, for a route's reasons."""
    named = {
        "tells": found.tells, "numbers": found.beyond_the_head, "several_questions": found.questions > 1,
        "many_parts": found.parts > _MANY_PARTS or found.items > 1, "link": found.links > 0, "code": found.code,
    }  # fmt: skip
    return tuple(name for name, holds in named.items() if holds)
