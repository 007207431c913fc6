"""When two wordings mean the same goal: "finish my thesis" and "get my master's thesis done by May" do.

Plain comparison of words, made to err on the side of two goals: a person sees both and drops one. Not for meaning.
"""

import hashlib
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from src_v2.memory.lexical import terms

_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|august|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?"
    "|dec(?:ember)?"
    "|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|januar"
    "|februar|märz|mai"
    "|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre"
    "|janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|dezembro|gennaio|febbraio|aprile|maggio|giugno|luglio"
    "|settembre|ottobre|novembre|dicembre"
)
_WHEN = re.compile(
    rf"\b(?:(?:in|by|before|until|this|next|bis|zum|im|en|antes de|este|esta|avant|en|entro|a|até|em|para)\s+)?"
    rf"(?:the\s+|el\s+|del\s+)?(?:end of\s+(?:the\s+)?)?(?:{_MONTHS}|summer|winter|spring|autumn|christmas"
    rf"|year|month|week|verano|año"
    rf"|navidad|sommer|jahr|weihnachten|été|année|noël|verão|ano|natal|estate|anno|natale)\b"
    rf"|\b(?:some ?day|one day|finally|endlich|soon|this time|\d{{4}})\b",
    re.IGNORECASE,
)
_COMPLEMENT = re.compile(
    r"\b(?:about|with|for|in|at|from|by|without|using|sobre|con|para|en|de|über|mit|für|bei|von|sur|avec"
    r"|pour|chez|com"
    r"|per|su|di)\b",
    re.IGNORECASE,
)
_SAME_VERBS = {
    verb: first
    for group in (
        "finish complet done conclud wrap", "stop quit give", "learn master", "run do", "lose drop shed",
        "terminar acabar completar finalizar", "dejar parar", "finir terminer achever", "terminar acabar concluir",
        "finire terminare completare", "smettere", "beenden abschließen fertigschreiben fertigzuschreiben",
    )
    for first, *others in (group.split(),)
    for verb in (first, *others)
}  # fmt: skip
_EMPTY = frozenset(
    word
    for words in (
        "get got make my own first new really also up out off down", "zu einen eine ein mein meine meinen meiner",
        "mi mis un una ma mon mes le la les il lo i meu minha meus o os um uma",
    )
    for word in words.split()
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Core:
    """The words of a goal up to its complement, the last of them, and those of the complement."""

    words: frozenset[str]
    last: str
    complement: frozenset[str]
    text: str
    """All of it, in small letters."""


def goal_key(character: str, user_id: str, description: str) -> str:
    """Return what names a goal of one person with one character: the same for wordings with the same words."""
    core = _core(description)
    words = "\0".join((character, user_id, *sorted(core.words), "", *sorted(core.complement)))
    return hashlib.sha256(words.encode()).hexdigest()[:32]


def same_goal(one: str, other: str) -> bool:
    """Whether two descriptions name the same goal, as far as words tell."""
    return _same(_core(one), _core(other))


def known_as(wording: str, descriptions: Sequence[str]) -> int | None:
    """Return which of `descriptions`, the first of several, names the same goal as `wording`; None when none does."""
    core = _core(wording)
    return next((number for number, one in enumerate(descriptions) if _same(_core(one), core)), None)


def doubles(descriptions: Sequence[str]) -> dict[int, int]:
    """Return, of those that name the same goal as an earlier one, number -> that of the first.

    Only what shares its words or its last word is compared, so that hundreds take a moment and not seconds.
    """
    first: dict[int, int] = {}
    alike: dict[Hashable, list[tuple[int, _Core]]] = {}
    for number, description in enumerate(descriptions):
        core = _core(description)
        keys: list[Hashable] = [core.words, core.last] if core.words else [(core.text,)]
        found = [at for key in keys for at, one in alike.get(key, ()) if _same(one, core)]
        if found:
            first[number] = min(found)
        else:
            for key in keys:
                alike.setdefault(key, []).append((number, core))
    return first


def _same(a: _Core, b: _Core) -> bool:
    if not a.words or not b.words:
        return a.text == b.text
    if a.words != b.words and not (a.last == b.last and (a.words < b.words or b.words < a.words) and _enough(a, b)):
        return False
    return not a.complement or not b.complement or bool(a.complement & b.complement)


def _enough(a: _Core, b: _Core) -> bool:
    """Whether the shorter one says more than a verb or a thing alone."""
    return min(len(a.words), len(b.words)) > 1


def _core(description: str) -> _Core:
    text = _WHEN.sub(" ", description)
    ends = (match for match in _COMPLEMENT.finditer(text) if _words(text[: match.start()]))
    first = next(ends, None)
    words = _words(text[: first.start()] if first else text)
    complement = _words(text[first.end() :]) if first else []
    return _Core(frozenset(words), words[-1] if words else "", frozenset(complement), description.casefold())


def _words(text: str) -> list[str]:
    return [_SAME_VERBS.get(word, word) for word in terms(text) if word not in _EMPTY]
