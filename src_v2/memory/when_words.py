"""How people write times that have passed, in English and Spanish: the words and the patterns, not what they mean.

`found` looks through folded text (see `folded`) once. A pattern is a regular expression in which a space stands for
one to three white-space characters, `<month>` for any word of that kind and `~year` for an optional year behind a
month. Nothing in a pattern repeats without a bound, so the work per character is bounded whatever the text.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple


def _numbered(start: int, *lines: str) -> dict[str, int]:
    return {word: number for number, line in enumerate(lines, start) for word in line.split()}


MONTHS = _numbered(
    1, "january jan enero", "february feb febrero", "march mar marzo", "april apr abril", "may mayo",
    "june jun junio", "july jul julio", "august aug agosto", "september sept sep septiembre setiembre",
    "october oct octubre", "november nov noviembre", "december dec diciembre",
)  # fmt: skip
ALSO_VERBS = frozenset({"may", "march", "mar"})
"""Months that are other words as well when they are written small."""
WEEKDAYS = _numbered(
    0, "monday mon lunes", "tuesday tues tue martes", "wednesday wed miercoles", "thursday thurs thur thu jueves",
    "friday fri viernes", "saturday sat sabado", "sunday sun domingo",
)  # fmt: skip
SHORT_WEEKDAYS = frozenset({"mon", "tues", "tue", "wed", "thurs", "thur", "thu", "fri", "sat", "sun"})

SEASONS = {
    "spring": 3, "primavera": 3, "summer": 6, "verano": 6, "autumn": 9, "fall": 9, "otono": 9, "winter": 12,
    "invierno": 12,
}  # fmt: skip
"""The month in which a season begins in the north; it lasts for three."""

HOLIDAYS = {
    "christmas eve": (12, 24, 1), "christmas day": (12, 25, 1), "christmas": (12, 24, 3), "xmas": (12, 24, 3),
    "nochebuena": (12, 24, 1), "navidades": (12, 24, 3), "navidad": (12, 24, 3), "halloween": (10, 31, 1),
    "new year's eve": (12, 31, 1), "new year's day": (1, 1, 1), "nochevieja": (12, 31, 1),
    "ano nuevo": (1, 1, 1), "valentine's day": (2, 14, 1), "valentine's": (2, 14, 1), "san valentin": (2, 14, 1),
}  # fmt: skip
"""Month, day and length in days of what falls on the same date every year."""

PARTS = {
    "morning": (4, 12), "afternoon": (12, 18), "evening": (17, 24), "night": (18, 30),
    "madrugada": (0, 7), "manana": (4, 14), "tarde": (12, 21), "noche": (18, 30),
}  # fmt: skip
"""First hour and end of a part of the day, generously; a night reaches into the next day."""

DAYS_BACK = {
    "today": 0, "hoy": 0, "yesterday": 1, "ayer": 1, "day before yesterday": 2, "anteayer": 2, "antes de ayer": 2,
    "antier": 2,
}  # fmt: skip
NIGHTS_BACK = {
    "tonight": 0, "last night": 1, "anoche": 1, "the night before last": 2, "anteanoche": 2, "antenoche": 2,
}  # fmt: skip


class Unit(NamedTuple):
    """One step back in time, and how far off "two of them ago" may be."""

    minutes: int = 0
    days: int = 0
    months: int = 0
    slack: int = 0
    """Minutes for units in minutes, else days."""


UNITS = {
    word: unit
    for words, unit in (
        ("minutes minute mins min minutos minuto", Unit(minutes=1, slack=5)),
        ("hours hour hrs hr horas hora", Unit(minutes=60, slack=30)),
        ("days day nights night dias dia noches noche", Unit(days=1)),
        ("weeks week semanas semana", Unit(days=7, slack=3)),
        ("fortnights fortnight", Unit(days=14, slack=5)),
        ("months month meses mes", Unit(months=1, slack=15)),
        ("years year anos ano", Unit(months=12, slack=182)),
    )
    for word in words.split()
}

_EXACT = _numbered(
    1, "a an one un una", "two dos", "three tres", "four cuatro", "five cinco", "six seis", "seven siete",
    "eight ocho", "nine nueve", "ten diez", "eleven once", "twelve doce",
) | {"fifteen": 15, "quince": 15, "twenty": 20, "veinte": 20, "thirty": 30, "treinta": 30}  # fmt: skip
COUNTS: dict[str, tuple[float, float]] = {
    **{word: (number, number) for word, number in _EXACT.items()},
    **dict.fromkeys(("half a", "half an", "medio", "media"), (0.5, 0.5)),
    **dict.fromkeys(("a couple of", "a couple", "couple of", "un par de"), (2, 3)),
    **dict.fromkeys(
        ("a few", "few", "several", "some", "unos", "unas", "unos pocos", "unas pocas", "pocos", "pocas", "algunos",
         "algunas", "varios", "varias"), (2, 7),
    ),
}  # fmt: skip
"""The least and the most that a count may mean."""

CALENDAR = {
    "weekend": "weekend", "fin de semana": "weekend", "week": "week", "semana": "week", "month": "month",
    "mes": "month", "year": "year", "ano": "year",
}  # fmt: skip

ORDINALS = {"first": 1, "primero": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5}

OPEN_END = "since|after|desde|despues del?"
"""From then until now."""
OPEN_START = "before|until|till|by|by the|antes del?|hasta|para"
"""Until then: how far back is not said."""
_PAST = "pasad[oa]"
_EDGES = f"{OPEN_END}|{OPEN_START}"

_LOOK_BACK = 80
"""Characters before an expression in which the words that turn it around are looked for."""
_SINCE = re.compile(rf"\b(?:{OPEN_END})(?: the| el| la)?\s*$")
_UNTIL = re.compile(rf"\b(?:{OPEN_START})(?: the| el| la)?\s*$")
_FIRST_SINCE = re.compile(rf"(?:{OPEN_END})\b")
_FIRST_UNTIL = re.compile(rf"(?:{OPEN_START})\b")
_WITH_EDGE = frozenset({"weekday", "month", "season", "holiday", "year"})
_SURELY_A_MONTH = re.compile(
    r"\b(?:in|of)\s+(?:(?:mid|early|late)[\s-])?(?:may|march)\b|(?:may|march)\s+(?:the\s+)?\d{1,2}(?:st|nd|rd|th)"
)
_EITHER_WAY = frozenset({"calendar", "date", "day", "day_of_month", "holiday", "month", "numeric", "season",
                         "weekday"})  # fmt: skip
"""What may lie ahead as well as behind, unless it says which."""
_SAYS_WHICH = re.compile(rf"\b(?:last|past|{_PAST}s?|yesterday|ayer|anteayer|anoche|(?:19|20)\d\d)\b")
# Capitals matter: "will" is a verb where Will is a name.
_FUTURE = re.compile(
    r"\b(?:will|Will (?:you|we|I|he|she|it|they)|[Ll]et[’']?s|[Ss]ee you|(?<!was )(?<!were )(?:going to|gonna)|shall|"
    r"plan(?:ning)? to|[Nn]os vemos|(?:[Vv]oy|[Vv]as|[Vv]a|[Vv]amos|[Vv]an) a)\b|[’']ll\b"
)
_PAST_VERB = re.compile(
    r"\b(?:did|was|were|said|told|had|went|happened|mentioned|talked|dije|dijo|dijiste|fui|fue|fuimos|hice|hizo|pas[oó])\b"
)
_SENTENCE_END = re.compile(r"[.!?\n]")


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_YEAR = "(?:19|20)[0-9]{2}"
_YEARS_AGO = "(?:[2-9]|two|three|four|five|six|seven|eight|nine|ten) years ago"
_PIECES = {
    "month": _any(MONTHS),
    "weekday": _any(WEEKDAYS),
    "season": _any(SEASONS),
    "holiday": _any(HOLIDAYS),
    "part": _any(PARTS),
    "count": "[0-9]{1,3}|" + _any(COUNTS),
    "unit": _any(UNITS),
    "calendar": _any(CALENDAR),
    "days_back": _any(DAYS_BACK),
    "nights_back": _any(NIGHTS_BACK),
    "ordinal": _any(ORDINALS),
    "day": "[0-3]?[0-9]",
    "number": "[0-9]{1,2}",
    "sign": "[-/.]",
    "year": f"{_YEAR}|(?:last|this|next) year|{_YEARS_AGO}|ano pasado|(?:este|proximo) ano|ano que viene",
    "plain_year": _YEAR,
    "short_year": "[0-9]{2}",
}
_YEAR_TAIL = "(?:,? (?:of |in |del? )?(?:ano )?<year>)?"
_TH = "(?:st|nd|rd|th)"
_COUNTED = "words|characters|letters|pages|lines|steps|pieces|parts|people|users|points|hours|minutes|palabras|pasos"
"""What people count in thousands: "in 2000 words" names no year."""
_AFTER_NUMBER = rf"(?![.,:/%]?[0-9]|%| (?:{_COUNTED}|euros|dollars|km|m|kg|miles|meters|metres|personas)\b)"

PATTERNS = (
    ("day", "<nights_back>"),
    ("day", "(?:the )?<days_back>(?! en dia)(?: (?:(?:por|en|a) la |in the )?<part>)?"),
    ("day", "(?:this|esta) <part>"),
    ("weekday", "(?:on )?<weekday>(?: of| in)?(?P<week> last week)"),
    ("weekday", "(?P<week>last week),?(?: on)? <weekday>"),
    ("weekday", f"(?:el|del) <weekday>(?P<week> de la semana {_PAST})"),
    ("weekday", f"(?:last|this past|on|{_EDGES}) <weekday>(?: <part>)?"),
    ("weekday", f"(?:el|del) (?:{_PAST} )?<weekday>(?: {_PAST})?(?: (?:(?:por|en|a) la )?<part>)?"),
    ("month", f"(?P<year>last year|{_YEARS_AGO}),? in <month>"),
    ("calendar", "(?P<which>last|this|est[ea]) <calendar>(?! of)"),
    ("calendar", "the <calendar> (?P<which>before last)"),
    ("calendar", f"(?:el|la|del) <calendar> (?P<which>(?:ante)?{_PAST})"),
    ("calendar", f"(?:el|la|del) (?P<which>{_PAST}) <calendar>"),
    ("calendar", "(?:(?:over|at|on|during) the|el) (?P<calendar>weekend|fin de semana)"),
    ("ago", "<count>(?:(?: or | to |-)<count2>)? <unit>(?P<more> or two| or so| and a half)? ago(?: today)?"),
    ("ago", "hace (?:como |casi |unos |unas |mas de )?<count>(?: (?:o|a) <count2>)? <unit>(?P<more> y medi[oa])?"),
    ("ago", "<count> <unit> atras"),
    ("until_now", "(?:the|these) (?:last|past) <count> <unit>(?! of)"),
    ("until_now", "(?:in|over|during|within|for) the (?:last|past) (?P<unit>hour|day|week|month|year)(?! of)"),
    ("until_now", "(?:los|las|estos|estas) ultim[oa]s (?:<count> )?<unit>(?! de)"),
    ("until_now", "(?:(?:the|this) past|(?:el|la) ultim[oa]) (?P<unit>week|month|year|semana|mes|ano)(?! of| de)"),
    ("date", f"<day>{_TH}?(?:-| to | and )<day2>{_TH}?(?: of)? <month>~year"),
    ("date", f"<month> <day>{_TH}?(?:-| to )<day2>{_TH}?~year{_AFTER_NUMBER}"),
    ("date", "(?:del |el |entre el )<day> (?:al|y el|a) <day2> de <month>~year"),
    ("date", f"<day>{_TH}?(?: of)? <month>~year"),
    ("date", "<ordinal> (?:of|de) <month>~year"),
    ("date", "<day>[º°]? de <month>~year"),
    ("date", f"<month>(?: the)? <day>{_TH}?~year{_AFTER_NUMBER}"),
    ("day_of_month", rf"on the <day>{_TH}(?=\s?(?:[.,;:?!)]|$))"),
    ("day_of_month", "el dia <day>(?! de)"),
    ("months", "(?:between|from|entre|de|desde) <month>~year (?:and|to|until|y|a|hasta)"
               " <month2>(?:,? (?:of |del? (?:ano )?)?<year2>)?"),
    ("month", f"(?:(?P<which>last|this|este)|in|during|early|late|mid|{_EDGES}|(?:end|start|beginning|middle) of)"
              " (?:(?:early|late|mid)(?: |-))?<month>~year(?!')"),
    ("month", "(?:en|durante|(?:principios|mediados|finales|fines) de)(?: el mes de)? <month>~year"),
    ("month", "<month> (?P<which>pasado)"),
    ("month", "(?:el|del) (?P<which>pasado) <month>"),
    ("month", "<month>(?:,| of| del?)? (?P<year>(?:19|20)[0-9]{2}|last year)"),
    ("season", "(?P<which>last|this past|this|est[ea]) <season>"),
    ("season", f"(?:el|la|del) <season> (?P<which>{_PAST})"),
    ("season", f"(?:el|la|del) (?P<which>{_PAST}) <season>"),
    ("season", "<season>(?: of| del?(?: ano)?)? <year>"),
    ("season", f"(?:in|over|during|{_EDGES}) the (?P<season>summer|winter|autumn)~year"),
    ("season", "(?:en|durante) el (?P<season>verano|invierno|otono)~year"),
    ("holiday", f"(?:(?P<which>last|this)|at|on|over|for|around|during|{_EDGES}|en|por) (?:las? |el )?<holiday>~year"),
    ("holiday", f"(?:las?|el) <holiday> (?P<which>{_PAST}s?)"),
    ("year", "(?:between|from|entre|de|desde) <plain_year> (?:and|to|until|y|a|hasta) <plain_year2>"),
    ("year", f"(?:in|during|throughout|en|durante|{_EDGES})(?: the year| el ano| el)? <plain_year>{_AFTER_NUMBER}"),
    ("year", "(?:the year|del? ano|el ano) <plain_year>"),
    ("iso", r"(?<![\w/.:-])<plain_year><sign><number><sign2><number2>(?:t[0-9:.]{2,15}z?)?(?![/.:-]?[0-9])"),
    ("numeric", r"(?:(?P<on>on|el|del) )?(?<![\w/.:-])<number><sign><number2>"
                r"(?:<sign2>(?:<plain_year>|<short_year>))?(?![/.:-]?[0-9]|%)"),
)  # fmt: skip
"""What is looked for: the name of its meaning, and how it is written. Of two at one place the upper one wins."""

_HABIT_OR_FUTURE = r"(?! (?:next|coming|proxim[oa]|que viene|mornings|afternoons|evenings|nights)\b)"
_FOLD = str.maketrans("áéíóúüñ’‘", "aeiouun''")


def folded(text: str) -> str:
    """Return the text in small letters and without Spanish accents, every character where it was."""
    return text.replace("İ", "I").lower().translate(_FOLD)  # İ is the one letter that grows when it is made small


def found(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield the meaning's name and the match, with its named groups, of every time expression in folded text."""
    for spot in _SPOTTER.finditer(text):
        name, pattern = _COMPILED[(spot.lastindex or 1) - 1]
        match = pattern.match(text, spot.start())
        if match:
            yield name, match


def is_meant(name: str, match: re.Match[str], text: str) -> bool:
    """Say whether what was found is a time, and a past one: not a name, a verb, a plan, or an end without a start.

    `text` is the one that was folded, with its capitals.
    """
    if not all(_capital_where_needed(match, text, group) for group in ("month", "month2", "weekday")):
        return False
    before = _before(match)
    if _UNTIL.search(before) or (name in _WITH_EDGE and _FIRST_UNTIL.match(match[0])):
        return False
    return name not in _EITHER_WAY or bool(_SAYS_WHICH.search(match[0])) or not _is_plan(text, match)


def reaches_until_now(match: re.Match[str]) -> bool:
    """Say whether all the time from then on is meant: "since March"."""
    return bool(_SINCE.search(_before(match)) or _FIRST_SINCE.match(match[0]))


def _before(match: re.Match[str]) -> str:
    return match.string[max(0, match.start() - _LOOK_BACK) : match.start()]


def _capital_where_needed(match: re.Match[str], text: str, group: str) -> bool:
    word = match.groupdict().get(group)
    if word not in ALSO_VERBS | SHORT_WEEKDAYS or text[match.start(group)].isupper():
        return True
    return word in ALSO_VERBS and bool(_SURELY_A_MONTH.search(match[0]))


def _is_plan(text: str, match: re.Match[str]) -> bool:
    """Say whether the verb before it lies ahead: "see you on Friday"."""
    sentence = _SENTENCE_END.split(text[max(0, match.start() - _LOOK_BACK) : match.start()])[-1]
    plans = list(_FUTURE.finditer(sentence))
    return bool(plans) and not _PAST_VERB.search(sentence, plans[-1].end())


def _expanded(pattern: str) -> str:
    """Return the regular expression that a pattern stands for."""
    whole = re.sub(r"(?<!P)<([a-z_]+)(2?)>", _piece, pattern.replace("~year", _YEAR_TAIL))
    return (whole + r"\b" + _HABIT_OR_FUTURE).replace(" ", r"\s{1,3}")


def _piece(name: re.Match[str]) -> str:
    return f"(?P<{name[1]}{name[2]}>{_PIECES[name[1]]})"


# Compiled on import (50 ms), for the first message would wait for it on the event loop. One pattern tells where and
# which, and each by itself tells its groups; an empty group closes every branch, so that `lastindex` is its number.
_EXPANDED = [(name, _expanded(pattern)) for name, pattern in PATTERNS]
_BRANCHES = "|".join(re.sub(r"\(\?P<\w+>", "(?:", pattern) + "()" for _, pattern in _EXPANDED)
_SPOTTER = re.compile(rf"\b(?=\w)(?:{_BRANCHES})")
_COMPILED = [(name, re.compile(pattern)) for name, pattern in _EXPANDED]
