"""How results look to a model: one line per thing, numbered, dated, attributed, fenced as data, within a budget."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from src_v2.core.fence import clean_name, fenced
from src_v2.core.tokens import estimate_tokens
from src_v2.knowledge.models import CHARACTER, USER, Fact, Preference
from src_v2.tools.base import RESULT_TOKENS, ToolContext
from src_v2.tools.lines import column, fact_line
from src_v2.tools.shown import Identified, ShortIds

ABOUT_WORDS = "A name as it stands in your facts; user for the person you speak with; character for yourself."
"""What the description of an argument says that names somebody."""

T = TypeVar("T", bound=Identified)
X = TypeVar("X")


def listed(
    label: str, items: Iterable[T], line: Callable[[T], str], ids: ShortIds[T], tokens: int = RESULT_TOKENS
) -> tuple[str, int]:
    """Return `items` as fenced, numbered lines, and how many of them the budget had room for."""
    kept = _within_budget(((item, line(item)) for item in items), tokens)
    return fenced(label, [f"- [{ids.show(item)}] {text}" for item, text in kept]), len(kept)


def paths_listed(paths: Iterable[tuple[Fact, ...]], context: ToolContext) -> tuple[str, int]:
    """Return paths as fenced lines, every fact of them numbered, and how many the budget had room for."""
    walked = ((path, " -> ".join(fact_line(fact, context.view) for fact in path)) for path in paths)
    kept = _within_budget(walked, context.result_tokens)
    shown = context.shown.facts
    lines = (" -> ".join(f"[{shown.show(fact)}] {fact_line(fact, context.view)}" for fact in path) for path, _ in kept)
    return fenced("facts", [f"- {line}" for line in lines]), len(kept)


def left_out(shown: int, found: int) -> str:
    """Return what to say about finds that the budget had no room for."""
    return "" if shown == found else f"\n{found - shown} more were found: narrow it down to see them."


def preferences_listed(preferences: Iterable[Preference]) -> str:
    """Return how a person wants to be spoken with, as fenced lines."""
    return fenced("preferences", [f"- {wish.name}: {column(wish.value)}" for wish in preferences])


def meant_by(about: str, context: ToolContext) -> str:
    """Return the subject that a model means by a name: USER and CHARACTER for the two who speak."""
    folded = about.casefold()
    if folded == context.view.user_name.casefold():
        return USER
    if folded == context.character_name.casefold():
        return CHARACTER
    return USER if folded == clean_name(context.author.name).casefold() else about


def _within_budget(lines: Iterable[tuple[X, str]], left: int) -> Sequence[tuple[X, str]]:
    kept: list[tuple[X, str]] = []
    for item, text in lines:
        left -= estimate_tokens(text)
        if left < 0 and kept:
            break
        kept.append((item, text))
    return kept
