"""Which times a text speaks of, and which texts speak of none."""

import sys
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from src_v2.memory import when_words
from src_v2.memory.when import _MEANINGS, MOST_SPANS, Span, spans

MADRID = ZoneInfo("Europe/Madrid")
NOW = datetime(2026, 11, 12, 15, 0, tzinfo=UTC)
"""A Thursday, four in the afternoon in Madrid."""

# Text, first day or minute in Madrid, and the one that is no longer meant.
EXPRESSIONS = [
    # days
    ("What did I tell you today?", "2026-11-12", "2026-11-13"),
    ("I went to the sea yesterday", "2026-11-11", "2026-11-12"),
    ("yesterday evening was lovely", "2026-11-11T17:00", "2026-11-12"),
    ("the day before yesterday", "2026-11-10", "2026-11-11"),
    ("this morning", "2026-11-12T04:00", "2026-11-12T12:00"),
    ("last night we spoke", "2026-11-11T18:00", "2026-11-12T06:00"),
    ("the night before last", "2026-11-10T18:00", "2026-11-11T06:00"),
    ("ayer", "2026-11-11", "2026-11-12"),
    ("Anteayer comimos juntos", "2026-11-10", "2026-11-11"),
    ("antes de ayer", "2026-11-10", "2026-11-11"),
    ("ayer por la tarde", "2026-11-11T12:00", "2026-11-11T21:00"),
    ("¿qué te dije esta mañana?", "2026-11-12T04:00", "2026-11-12T14:00"),
    ("anoche", "2026-11-11T18:00", "2026-11-12T06:00"),
    # days of the week
    ("last Tuesday", "2026-11-10", "2026-11-11"),
    ("what did we say on thursday?", "2026-11-05", "2026-11-06"),
    ("last Friday night", "2026-11-06T18:00", "2026-11-07T06:00"),
    ("this past Monday", "2026-11-09", "2026-11-10"),
    ("on Sun we met", "2026-11-08", "2026-11-09"),
    ("Tuesday last week", "2026-11-03", "2026-11-04"),
    ("last week on Wednesday", "2026-11-04", "2026-11-05"),
    ("I met Will on Friday", "2026-11-06", "2026-11-07"),
    ("I will tell you what happened on Friday", "2026-11-06", "2026-11-07"),
    ("el martes pasado", "2026-11-10", "2026-11-11"),
    ("el sábado por la noche", "2026-11-07T18:00", "2026-11-08T06:00"),
    ("el martes de la semana pasada", "2026-11-03", "2026-11-04"),
    # weeks, months and years of the calendar
    ("last week", "2026-11-02", "2026-11-09"),
    ("the week before last", "2026-10-26", "2026-11-02"),
    ("earlier this week", "2026-11-09", "2026-11-16"),
    ("last weekend", "2026-11-07", "2026-11-09"),
    ("what was it over the weekend?", "2026-11-07", "2026-11-09"),
    ("last month", "2026-10-01", "2026-11-01"),
    ("this month", "2026-11-01", "2026-12-01"),
    ("last year", "2025-01-01", "2026-01-01"),
    ("this year", "2026-01-01", "2027-01-01"),
    ("la semana pasada", "2026-11-02", "2026-11-09"),
    ("el pasado mes", "2026-10-01", "2026-11-01"),
    ("el año pasado", "2025-01-01", "2026-01-01"),
    ("El ANO pasado", "2025-01-01", "2026-01-01"),
    ("el fin de semana pasado", "2026-11-07", "2026-11-09"),
    # so long ago
    ("two weeks ago", "2026-10-26", "2026-11-02"),
    ("a week ago today", "2026-11-02", "2026-11-09"),
    ("3 days ago", "2026-11-09", "2026-11-10"),
    ("a few days ago", "2026-11-05", "2026-11-11"),
    ("a couple of days ago", "2026-11-09", "2026-11-11"),
    ("ten days ago", "2026-11-01", "2026-11-04"),
    ("two or three weeks ago", "2026-10-19", "2026-11-02"),
    ("a week or two ago", "2026-10-26", "2026-11-09"),
    ("a month  ago", "2026-09-27", "2026-10-28"),
    ("a year and a half ago", "2024-11-11", "2025-11-11"),
    ("10 years ago", "2015-11-13", "2017-11-13"),
    ("two hours ago", "2026-11-12T13:30", "2026-11-12T14:30"),
    ("half an hour ago", "2026-11-12T15:00", "2026-11-12T16:00"),
    ("a minute ago", "2026-11-12T15:54", "2026-11-12T16:00"),
    ("hace dos meses", "2026-08-28", "2026-09-28"),
    ("hace unos días", "2026-11-05", "2026-11-11"),
    ("hace unos 3 días", "2026-11-09", "2026-11-10"),
    ("hace un año y medio", "2024-11-11", "2025-11-11"),
    ("hace 2 o 3 semanas", "2026-10-19", "2026-11-02"),
    ("dos semanas atrás", "2026-10-26", "2026-11-02"),
    # from then until now
    ("in the last two weeks", "2026-10-29", "2026-11-13"),
    ("over the past year", "2025-11-12", "2026-11-13"),
    ("the past few days", "2026-11-05", "2026-11-13"),
    ("in the last hour", "2026-11-12T15:00", "2026-11-12T16:00"),
    ("since March", "2026-03-01", "2026-11-13"),
    ("since last week", "2026-11-02", "2026-11-13"),
    ("after last summer", "2026-06-01", "2026-11-13"),
    ("en las últimas dos semanas", "2026-10-29", "2026-11-13"),
    ("los últimos meses", "2026-04-12", "2026-11-13"),
    ("el último mes", "2026-10-12", "2026-11-13"),
    ("desde la semana pasada", "2026-11-02", "2026-11-13"),
    # months
    ("what did we do last March?", "2026-03-01", "2026-04-01"),
    ("last November", "2025-11-01", "2025-12-01"),
    ("in november", "2026-11-01", "2026-12-01"),
    ("in December", "2025-12-01", "2026-01-01"),
    ("in May", "2026-05-01", "2026-06-01"),
    ("in may", "2026-05-01", "2026-06-01"),
    ("in March last year", "2025-03-01", "2025-04-01"),
    ("last year in March", "2025-03-01", "2025-04-01"),
    ("in March two years ago", "2024-03-01", "2024-04-01"),
    ("at the end of March", "2026-03-01", "2026-04-01"),
    ("June 2023", "2023-06-01", "2023-07-01"),
    ("between March and May", "2026-03-01", "2026-06-01"),
    ("from November to February", "2025-11-01", "2026-03-01"),
    ("between November 2022 and February 2023", "2022-11-01", "2023-03-01"),
    ("from March 2022 to May", "2022-03-01", "2022-06-01"),
    ("en marzo", "2026-03-01", "2026-04-01"),
    ("en diciembre de 2021", "2021-12-01", "2022-01-01"),
    ("a principios de mayo", "2026-05-01", "2026-06-01"),
    ("marzo pasado", "2026-03-01", "2026-04-01"),
    ("de marzo a mayo de 2022", "2022-03-01", "2022-06-01"),
    # dates
    ("on 3 May", "2026-05-03", "2026-05-04"),
    ("May 3rd, 2023", "2023-05-03", "2023-05-04"),
    ("the 3rd of march", "2026-03-03", "2026-03-04"),
    ("the first of May", "2026-05-01", "2026-05-02"),
    ("on December 24", "2025-12-24", "2025-12-25"),
    ("May 3, 2023", "2023-05-03", "2023-05-04"),
    ("3-5 May", "2026-05-03", "2026-05-06"),
    ("from 30 to 31 October 2024", "2024-10-30", "2024-11-01"),
    ("29 February", "2024-02-29", "2024-03-01"),
    ("What was it on the 31st?", "2026-10-31", "2026-11-01"),
    ("el 3 de mayo", "2026-05-03", "2026-05-04"),
    ("el 3 de mayo del año pasado", "2025-05-03", "2025-05-04"),
    ("1º de mayo de 2020", "2020-05-01", "2020-05-02"),
    ("entre el 3 y el 5 de mayo", "2026-05-03", "2026-05-06"),
    ("2023-05-03", "2023-05-03", "2023-05-04"),
    ("at 2023-05-03T10:15:00Z", "2023-05-03", "2023-05-04"),
    ("on 25/12/2023", "2023-12-25", "2023-12-26"),
    ("12/25/2023", "2023-12-25", "2023-12-26"),
    ("3.5.2023", "2023-05-03", "2023-05-04"),
    ("7/7/21", "2021-07-07", "2021-07-08"),
    ("on 25/12", "2025-12-25", "2025-12-26"),
    ("el 3/5", "2026-05-03", "2026-05-04"),
    # years, seasons, holidays
    ("in 2022", "2022-01-01", "2023-01-01"),
    ("between 2019 and 2021", "2019-01-01", "2022-01-01"),
    ("en el año 2022", "2022-01-01", "2023-01-01"),
    ("last summer", "2026-06-01", "2026-09-01"),
    ("last autumn", "2025-09-01", "2025-12-01"),
    ("this fall", "2026-09-01", "2026-12-01"),
    ("last winter", "2025-12-01", "2026-03-01"),
    ("in the summer of 2022", "2022-06-01", "2022-09-01"),
    ("el verano pasado", "2026-06-01", "2026-09-01"),
    ("en el otoño de 2021", "2021-09-01", "2021-12-01"),
    ("last Christmas", "2025-12-24", "2025-12-27"),
    ("on Halloween", "2026-10-31", "2026-11-01"),
    ("en Nochevieja", "2025-12-31", "2026-01-01"),
]  # fmt: skip

NOTHING = [
    "",
    "How are you?",
    "may I ask you something?",
    "You may 3 times guess",
    "the third may be better",
    "march on, friend",
    "They march 3 miles each morning",
    "I saw April and June at the beach",
    "We sat in April's garden",
    "Give me a second, Will",
    "At last! The last one, last time",
    "What is your last name?",
    "recently",
    "a long time ago, in a galaxy far away",
    "the last of us",
    "the last week of school",
    "next week",
    "in two weeks",
    "tomorrow morning",
    "in March next year",
    "on Tuesday next week",
    "See you on Friday!",
    "I'll be there on 3 May",
    "Let's meet this evening",
    "in 2040",
    "it will last two weeks",
    "This should last a week",
    "until last week",
    "before 2022",
    "on Sundays",
    "on Friday evenings",
    "the sun sat on the sea, sun on sun",
    "I wrote it in 2000 words",
    "I am here 24/7",
    "15/10, would eat there again",
    "03/05/2023",
    "12.25.2023",
    "2023-13-45",
    "31 June",
    "version 1.12.3 at 10.0.0.1",
    "call 555-12-34",
    "on the 3rd floor",
    "May 10:30 suit you?",
    "hace mucho frío",
    "hasta el martes",
    "el viernes que viene",
    "mañana por la mañana",
    "nos vemos el lunes",
    "voy a verte el 3 de mayo",
    "la próxima semana",
    "en mar abierto",
    "hoy en día",
    "a última hora",
    "antes del 3 de mayo",
    "la última vez",
]


def local(moment: str, zone: ZoneInfo = MADRID) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=zone)


@pytest.mark.parametrize(("text", "start", "end"), EXPRESSIONS, ids=[text for text, *_ in EXPRESSIONS])
def test_an_expression_means_its_range(text: str, start: str, end: str) -> None:
    [span] = spans(text, NOW, MADRID)
    assert (span.start, span.end) == (local(start), local(end))
    assert span.text in text
    assert span.start.tzinfo is span.end.tzinfo is UTC


@pytest.mark.parametrize("text", NOTHING)
def test_a_text_without_a_past_time_gives_nothing(text: str) -> None:
    assert spans(text, NOW, MADRID) == []


def test_a_span_carries_the_words_as_they_were_written() -> None:
    assert [span.text for span in spans("Was it May 3rd, 2023 or LAST  WEEK? İ think el Año Pasado", NOW, MADRID)] == [
        "May 3rd, 2023", "LAST  WEEK", "el Año Pasado",
    ]  # fmt: skip
    assert [span.text for span in spans("man\u0303ana no, el an\u0303o pasado", NOW, MADRID)] == ["el año pasado"]


def test_days_are_those_of_the_zone() -> None:
    at = datetime(2026, 7, 1, 2, 0, tzinfo=UTC)  # still 30 June in New York, already noon in Auckland
    new_york, auckland = ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland")
    [there] = spans("last month", at, new_york)
    assert (there.start, there.end) == (local("2026-05-01", new_york), local("2026-06-01", new_york))
    [here] = spans("last month", at, auckland)
    assert (here.start, here.end) == (local("2026-06-01", auckland), local("2026-07-01", auckland))


def test_a_day_on_which_clocks_change_is_as_long_as_it_is() -> None:
    [spring] = spans("29 March 2026", NOW, MADRID)
    [autumn] = spans("25 October 2026", NOW, MADRID)
    assert spring.end - spring.start == timedelta(hours=23)
    assert autumn.end - autumn.start == timedelta(hours=25)


def test_a_day_that_a_zone_left_out_is_no_time() -> None:
    assert spans("30 December 2011", NOW, ZoneInfo("Pacific/Apia")) == []


@pytest.mark.parametrize(
    ("text", "now", "start"),
    [
        ("last March", "2026-03-20", "2025-03-01"),
        ("in March", "2026-03-20", "2026-03-01"),
        ("in March", "2026-02-20", "2025-03-01"),
        ("last summer", "2026-07-10", "2025-06-01"),
        ("this winter", "2027-01-10", "2026-12-01"),
        ("last winter", "2027-01-10", "2025-12-01"),
        ("over the weekend", "2026-11-15", "2026-11-14"),
        ("last weekend", "2026-11-15", "2026-11-07"),
        ("last month", "2026-01-31", "2025-12-01"),
        ("on the 31st", "2026-03-01", "2026-01-31"),
        ("29 February", "2027-02-28", "2024-02-29"),
    ],
)
def test_the_latest_is_meant_as_seen_from_the_day_of_speaking(text: str, now: str, start: str) -> None:
    [span] = spans(text, local(f"{now}T12:00"), MADRID)
    assert span.start == local(start)


@pytest.mark.parametrize("text", ["this winter", "this December", "this Christmas", "this weekend", "tonight"])
def test_what_has_not_begun_is_no_past(text: str) -> None:
    assert spans(text, NOW, MADRID) == []


def test_the_same_time_is_given_once_and_lists_are_cut() -> None:
    assert len(spans("yesterday, ayer, yesterday", NOW, MADRID)) == 1
    days = " ".join(f"2023-05-{day:02}" for day in range(1, 30))
    found = spans(days, NOW, MADRID)
    assert [span.text for span in found] == [f"2023-05-{day:02}" for day in range(1, MOST_SPANS + 1)]


def test_every_pattern_has_a_meaning_and_every_meaning_a_pattern() -> None:
    assert {name for name, _ in when_words.PATTERNS} == set(_MEANINGS)


def test_every_letter_keeps_its_place_when_a_text_is_folded() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(when_words.folded(everything)) == len(everything)


WORDS = sorted(
    {
        *when_words.MONTHS, *when_words.WEEKDAYS, *when_words.UNITS, *when_words.COUNTS, *when_words.SEASONS,
        *when_words.PARTS, *when_words.HOLIDAYS, *when_words.DAYS_BACK, *when_words.NIGHTS_BACK,
        *when_words.CALENDAR, *when_words.ORDINALS, "last", "this", "the", "past", "ago", "hace", "in", "on", "of",
        "de", "el", "la", "pasado", "since", "desde", "between", "and", "y", "to", "a", "before last", "atrás",
        "últimos", ",", "/", "-", ".", "º", "th", "2023", "1900", "0", "31", "99", "999", "\n", "\x00", "\ud800", "ſ",
        "K", "İ",
    }
)  # fmt: skip
TEXTS = st.one_of(
    st.text(),
    st.lists(st.sampled_from([*WORDS, *(word.title() for word in WORDS)]), max_size=12).map(" ".join),
    st.lists(st.sampled_from(WORDS), max_size=12).map("".join),
)
MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
ZONES = st.sampled_from(["UTC", "Europe/Madrid", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu"]).map(ZoneInfo)


def check(found: list[Span], now: datetime) -> None:
    assert len(found) <= MOST_SPANS
    assert len({(span.start, span.end) for span in found}) == len(found)
    for span in found:
        assert span.start < span.end
        assert span.start <= now
        assert span.end <= now + timedelta(days=366)
        assert span.text.strip()


@given(TEXTS, MOMENTS, ZONES)
def test_whatever_is_written_spans_are_sound(text: str, now: datetime, zone: ZoneInfo) -> None:
    check(spans(text, now, zone), now)


@given(st.sampled_from([text for text, *_ in EXPRESSIONS]), MOMENTS, ZONES)
def test_expressions_are_sound_at_any_time_and_place(text: str, now: datetime, zone: ZoneInfo) -> None:
    check(spans(text, now, zone), now)


@given(st.sampled_from(["in March", "last March", "in the summer", "last Tuesday", "on 3 May"]), MOMENTS, ZONES)
def test_what_comes_every_year_came_within_two(text: str, now: datetime, zone: ZoneInfo) -> None:
    [span] = spans(text, now, zone)
    assert now - span.start <= timedelta(days=2 * 366)


HOSTILE = [
    "1 ", "1/", "10-", "May 3 ", "3 of may ", "31 June ", "last ", "the last ", "last\n\n\n", "on friday ",
    "let's on friday ", "on the 3rd  ", "a few ", "may ", "from march 2020 to ", "the day before ", "since ", "hace ",
    " ",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_text_costs_no_more_than_its_length(piece: str) -> None:
    """Not a benchmark: 4,000 characters take 1-4 ms; a pattern that goes back and forth would take seconds."""
    text = (piece * 4_000)[:4_000]
    spans(text, NOW, MADRID)
    best_s = min(_seconds(text) for _ in range(3))
    assert best_s < 0.05


def _seconds(text: str) -> float:
    before = time.process_time()
    spans(text, NOW, MADRID)
    return time.process_time() - before
