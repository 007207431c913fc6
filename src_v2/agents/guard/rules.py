"""A rule: words that show something. Rules are looked for one after the other; most messages hold none of their stems.

Patterns see folded text (`readings`): lower case, without accents, with plain quotes.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_QUOTED = re.compile(
    r"(?s:```.*?```|'''.*?''')|`[^`\n]{3,300}`|\"[^\"\n]{3,300}\"|(?<!\w)'[^'\n]{3,300}'(?!\w)|«[^»\n]{3,300}»"
)
LEAST_WORDS_AROUND = 4
"""A message that is little more than a quotation says what it quotes."""
_SENTENCE = re.compile(r"[.!?\n]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """`pattern` is looked for in text that holds one of `stems`; it does not count beside `unless`."""

    name: str
    stems: tuple[str, ...]
    pattern: re.Pattern[str]
    language: str = "en"
    unless: re.Pattern[str] | None = None
    tags: frozenset[str] = field(default_factory=frozenset)

    def fits(self, text: str) -> bool:
        """Whether the rule finds what it looks for."""
        if not any(stem in text for stem in self.stems):
            return False
        found = self.pattern.search(text)
        return found is not None and not (self.unless and self.unless.search(text))


def rule(
    name: str, stems: str, pattern: str, *, language: str = "en", unless: str = "", tags: Iterable[str] = ()
) -> Rule:
    """Return a rule; `stems` are separated by `|`."""
    return Rule(
        name, tuple(stems.split("|")), _compiled(pattern), language, _compiled(unless) if unless else None,
        frozenset(tags),
    )  # fmt: skip


def first(rules: Sequence[Rule], text: str) -> Rule | None:
    """Return the first rule that fits."""
    return next((one for one in rules if one.fits(text)), None)


def without_quotations(text: str) -> str:
    """Return text without what stands in quotation marks, unless it is little more than that."""
    if not any(mark in text for mark in "\"'«`"):
        return text
    rest = _QUOTED.sub(" … ", text)
    return rest if len(re.findall(r"\w+", rest)) >= LEAST_WORDS_AROUND else text


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, roughly."""
    return [part for part in _SENTENCE.split(text) if part.strip()]


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)
