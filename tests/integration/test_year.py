"""A simulated year: what grows between a character and twenty people happens when it should, never otherwise.

The year is lived through once; each test asserts one rule over everything that happened in it.
"""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from src_v2.evolution.diary.models import Kind, Occasion, Whose
from src_v2.evolution.diary.moments import window_of
from tests.support.year import live_a_year
from tests.support.year_events import END, HERS, Weekly
from tests.support.year_log import Log, Sent
from tests.support.year_people import (
    DOWN,
    ERASED,
    LEFT,
    ONCE,
    OPTS_OUT,
    PLANTED,
    REMINDERS,
    RESIDENTS,
    RETURNED,
    SWITCHES_OFF,
)
from tests.support.year_reckoning import MILESTONES, Expected, changes, reckon, stage_of
from tests.support.year_words import INSULT

pytestmark = pytest.mark.slow
DAY = timedelta(days=1)
NO_LONGER = {"Olga": OPTS_OUT, "Erik": ERASED}
"""Whom there is nothing of from a day on."""
LOOKED_AFTER = 67
"""Minutes: who talks just before a page is due is found by the next look, an hour later at most."""
WRITES, REMINDS = "outreach", "reminder"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Log:
    return asyncio.run(live_a_year(tmp_path_factory.mktemp("year")))


@pytest.fixture(scope="module")
def expected(log: Log) -> dict[str, list[Expected]]:
    return {who: reckon(log, who, until(who)) for who in RESIDENTS}


def until(who: str) -> datetime:
    """Return up to when somebody is remembered."""
    day = NO_LONGER.get(who)
    return END + DAY if day is None else datetime.combine(day, datetime.min.time(), ZoneInfo("UTC"))


def sent(log: Log, purpose: str, who: str = "") -> list[Sent]:
    return [one for one in log.sent if one.message.purpose == purpose and who in {"", one.who}]


def words_between(log: Log, who: str, start: datetime, end: datetime) -> list[str]:
    return [one.text for one in log.of(who) if start < one.at <= end]


def test_nothing_failed_on_the_way_and_everybody_had_a_year(log: Log) -> None:
    assert log.failures == []
    assert {one.who for one in log.said} == set(RESIDENTS)
    assert all(one.reply.startswith("I hear you.") for one in log.said)


# How they stand


def test_trust_is_what_the_rules_make_of_what_happened(expected: dict[str, list[Expected]]) -> None:
    wrong = [(one.deed.at, who, one.deed.trust, one.trust) for who, all_ in expected.items() for one in all_
             if one.deed.trust != one.trust]  # fmt: skip
    assert wrong == []


def test_the_stage_in_the_prompt_is_that_of_the_trust(expected: dict[str, list[Expected]]) -> None:
    wrong = [(turn.at, who, turn.prompt.stage, one.stage) for who, all_ in expected.items() for one in all_
             if (turn := one.turn) and turn.prompt.stage != one.stage]  # fmt: skip
    assert wrong == []


def test_stages_rise_and_fall(log: Log) -> None:
    igor = changes(one.prompt.stage for one in log.of("Igor"))
    assert igor[:3] == ["Tide Pool", "Wading", "Dive Buddy"]
    assert {"Choppy", "Red Flag"} <= set(igor)
    assert igor.count("Dive Buddy") > 1, "they made up"
    hanna = changes(one.prompt.stage for one in log.of("Hanna"))
    assert hanna == [stage_of(trust) for trust in (0, 21, 41, 61, 81)]
    assert max(one.trust for one in log.of("Hanna")) == 100
    assert max(one.trust for one in log.of("Lotte")) < 20


def test_what_talking_earns_on_a_day_has_an_end(log: Log) -> None:
    long_days = Counter(one.at.astimezone(ZoneInfo(HERS)).date() for one in log.of("Dana"))
    day = max(long_days, key=lambda one: long_days[one])
    assert long_days[day] == 12
    before = [one.trust for one in log.of("Dana") if one.at.astimezone(ZoneInfo(HERS)).date() < day]
    after = [one.trust for one in log.of("Dana") if one.at.astimezone(ZoneInfo(HERS)).date() == day]
    assert after[-1] == min(100, before[-1] + 10)


def test_lines_are_said_when_they_have_to_be_and_never_again(expected: dict[str, list[Expected]], log: Log) -> None:
    for who, all_ in expected.items():
        for one in all_:
            if turn := one.turn:
                assert (turn.prompt.line != "") is (one.line is not None), (who, one)
                assert turn.prompt.line in turn.reply
    igor = [one.line for one in expected["Igor"] if one.line]
    assert [one for one in igor if one[0] == "drop"] == [("drop", 41), ("drop", 0), ("drop", 41), ("drop", 0)]
    for who, all_ in expected.items():
        levels = [one.line[1] for one in all_ if one.line and one.line[0] == "milestone"]
        assert levels == list(MILESTONES[: len(levels)]), who
        said = [one.prompt.line for one in log.of(who) if one.prompt.line]
        milestones = [one for one in said if "mark" not in one and "clearer" not in one]
        assert len(milestones) == len(set(milestones)) == len(levels), who


def test_moods_are_what_the_last_hour_makes_of_them(expected: dict[str, list[Expected]], log: Log) -> None:
    for who, all_ in expected.items():
        for one in all_:
            assert one.deed.mood == one.mood, (who, one)
            if turn := one.turn:
                assert turn.prompt.mood == one.mood_asked, (who, one)
    assert {one.mood for one in log.of("Igor") if one.text == INSULT} == {"annoyed"}
    moods = Counter(one.deed.mood for one in expected["Hanna"])
    assert moods["excited"] > 5
    calm = [one.deed for one in expected["Igor"] + expected["Hanna"] if not one.turn]
    last_said = {one.at: max(said.at for said in log.of(one.who) if said.at < one.at) for one in calm}
    an_hour_later = [one for one in calm if one.at - last_said[one.at] > timedelta(hours=1)]
    assert len(an_hour_later) > 20
    assert {one.mood for one in an_hour_later} == {"neutral"}


def test_who_comes_back_after_three_months_is_told_how_long_it_was(log: Log) -> None:
    first = next(one for one in log.of("Lena") if one.at.date() >= RETURNED)
    last = [one for one in log.of("Lena") if one.at < first.at][-1]
    assert last.at.date() <= LEFT
    assert first.prompt.gap == "three months"
    assert sent(log, WRITES, "Lena") == [], "nobody asked for it"
    short = [now for before, now in pairwise(log.of("Dana")) if now.at - before.at < timedelta(hours=6)]
    assert short
    assert {one.prompt.gap for one in short} == {""}


# What a character notices


def test_planted_patterns_are_found_and_decoys_are_not(log: Log) -> None:
    found = {(row["user_id"], row["condition"], row["behaviour"]) for row in log.tables["v2_epiphanies"]}
    refused = {row["user_id"] for row in log.tables["v2_epiphany_refusals"]}
    planted = {RESIDENTS[who].user_id: habit for who, habit in PLANTED.items()}
    assert {user for user, *_ in found} | refused == set(planted)
    for user, condition, behaviour in found:
        assert planted[user][0] in condition, (user, condition, behaviour)
        assert planted[user][1] in behaviour, (user, condition, behaviour)
    assert refused == {RESIDENTS["Pavel"].user_id}


def test_a_pattern_is_mentioned_once_in_private_and_at_enough_trust(log: Log) -> None:
    mentions = [one for one in log.said if one.prompt.noticed]
    assert [one.who for one in mentions] == ["Nora"]
    (mention,) = mentions
    assert not mention.in_server
    assert "sad" in mention.prompt.noticed
    assert mention.prompt.noticed in mention.reply
    (epiphany,) = [row for row in log.tables["v2_epiphanies"] if row["user_id"] == RESIDENTS["Nora"].user_id]
    before = [one for one in log.of("Nora") if one.at < mention.at]
    assert before[-1].trust >= epiphany["trust"]
    known = [one for one in before if one.at > epiphany["created_at"] and "space" in one.text.casefold()]
    assert known, "there was something to hold back"
    assert all(one.in_server or one.trust <= epiphany["trust"] for one in known)
    after = [one for one in log.of("Nora") if one.at > mention.at and "space" in one.text.casefold()]
    assert after, "there was occasion to say it again"


def test_who_deletes_a_pattern_sees_it_no_more_and_is_never_told(log: Log) -> None:
    shown = [one.answer.items for one in log.orders if one.who == "Pavel" and one.order.command == "insights"]
    seen = [items for items in shown if items]
    assert len(seen) == 1
    assert "chess" in seen[0][0].text
    (look,) = [row for row in log.tables["v2_epiphany_looks"] if row["user_id"] == RESIDENTS["Pavel"].user_id]
    deleted_at = next(one.at for one in log.orders if one.who == "Pavel" and one.answer.items)
    assert look["looked_at"] > deleted_at + 7 * DAY, "it was looked for again"
    assert len(words_between(log, "Pavel", deleted_at, look["looked_at"])) > 15
    assert all("chess" not in one.prompt.noticed for one in log.of("Pavel"))


def test_a_pattern_is_shown_to_whom_it_is_about(log: Log) -> None:
    shown = [one.answer.items for one in log.orders if one.who == "Nora" and one.order.command == "insights"]
    assert len(shown) == 2
    assert all(len(items) == 1 and "space" in items[0].text for items in shown)


# The diary


def test_pages_are_written_of_days_with_something_in_them_and_of_no_others(log: Log) -> None:
    names = {one.user_id: name for name, one in RESIDENTS.items()}
    pages = {(names[row["user_id"]], row["kind"], row["day"]): row for row in log.tables["v2_diary"]}
    assert len(pages) == len(log.tables["v2_diary"])
    written = [key for key, row in pages.items() if row["status"] == "written"]
    for who, kind, day in written:
        window = window_of(
            Occasion(Whose("elena", RESIDENTS[who].user_id), Kind(kind), date.fromisoformat(day)), ZoneInfo(HERS)
        )
        said = words_between(log, who, window.start, window.due)
        assert len(said) >= 3, (who, day)
        assert sum(len(text.split()) for text in said) >= 60, (who, day)
    assert {who for who, *_ in written} >= {"Dana", "Quincy", "Ada", "Nyla", "Zoe"}
    assert not {who for who, *_ in written} & {"Hollis", "Walt", "Lotte", "Olga", "Erik"}
    hollow = [key for key in pages if key[0] == "Hollis"]
    assert len(hollow) >= 10


def test_no_day_with_something_in_it_is_left_out(log: Log) -> None:
    names = {one.user_id: name for name, one in RESIDENTS.items()}
    written = {(names[row["user_id"]], row["day"]) for row in log.tables["v2_diary"] if row["status"] == "written"}
    missing = []
    for who in sorted(set(RESIDENTS) - {"Hollis", *NO_LONGER}):
        for day in (date(2026, 1, 1) + ahead * DAY for ahead in range(364)):
            whose = Occasion(Whose("elena", RESIDENTS[who].user_id), Kind.PAGE, day)
            window = window_of(whose, ZoneInfo(HERS))
            said = words_between(log, who, window.start, window.due)
            enough = len(said) >= 3 and sum(len(text.split()) for text in said) >= 66
            if enough and (who, day.isoformat()) not in written and not DOWN[0] - DAY < window.due < DOWN[1] + DAY:
                missing.append((who, day))
    assert missing == []


def test_pages_are_written_in_the_evening_and_dreams_before_dawn(log: Log) -> None:
    for row in log.tables["v2_diary"]:
        there = row["created_at"].astimezone(ZoneInfo(HERS))
        minute = there.hour * 60 + there.minute
        if DOWN[1] - DAY < row["created_at"] < DOWN[1] + DAY:
            continue
        first, last = (19 * 60 + 45, 22 * 60 + 15) if row["kind"] == "page" else (4 * 60, 6 * 60)
        assert first <= minute <= last + LOOKED_AFTER, row
        assert there.date() - date.fromisoformat(row["day"]) == (row["kind"] == "dream") * DAY


# What it says by itself


def test_every_message_is_brought_once(log: Log) -> None:
    ids = [one.message.id for one in log.sent]
    assert len(ids) == len(set(ids))


def test_only_those_are_written_to_who_asked_for_it(log: Log) -> None:
    written = sent(log, WRITES)
    assert {one.who for one in written} >= {"Ada", "Quincy", "Nils", "Kenji", "Nyla"}
    wanting = {name for name, one in RESIDENTS.items() if one.wants_messages}
    assert {one.who for one in written} <= wanting - {"Lotte", "Gus", "Zoe"}, "nobody knows what time it is for Zoe"
    asked = {one.who: one.at for one in log.orders if one.order.command == "reach-out" and one.order.action == "on"}
    assert all(one.at > asked[one.who] for one in written)
    assert all(one.at.date() < SWITCHES_OFF for one in written if one.who == "Kenji")


def test_only_those_are_written_to_who_are_trusted(log: Log) -> None:
    for one in sent(log, WRITES):
        assert [said.trust for said in log.of(one.who) if said.at < one.at][-1] >= 20, one


def test_nobody_is_written_to_in_their_quiet_hours(log: Log) -> None:
    for one in sent(log, WRITES):
        who = RESIDENTS[one.who]
        there = one.at.astimezone(who.clock)
        begins, ends = who.quiet
        assert ends <= there.hour < begins, (one.who, there)


def test_nobody_is_written_to_within_a_day_of_talking_nor_twice_without_an_answer(log: Log) -> None:
    for one in sent(log, WRITES):
        talked = [said.at for said in log.of(one.who) if said.at < one.at]
        assert one.at - talked[-1] >= DAY, one
        earlier = [other.at for other in sent(log, WRITES, one.who) if other.at < one.at]
        assert not earlier or earlier[-1] < talked[-1], one
    assert len(sent(log, WRITES, "Nils")) == 1
    assert len(sent(log, WRITES, "Ada")) > 3


def test_nobody_is_written_to_more_often_than_they_like(log: Log) -> None:
    for who in RESIDENTS:
        times = [one.at for one in sent(log, WRITES, who)]
        assert all(third - first >= timedelta(days=7) for first, third in zip(times, times[2:], strict=False)), who
    times = sorted(one.at for one in sent(log, WRITES))
    assert all(sum(at - DAY < other <= at for other in times) <= 8 for at in times)


def test_a_reason_to_write_serves_once(log: Log) -> None:
    reasons = [(one.who, one.message.about) for one in sent(log, WRITES)]
    assert len(reasons) == len(set(reasons))
    assert {reason.partition(":")[0] for _, reason in reasons} == {"date", "absence"}


def test_what_it_writes_is_said_in_private_and_remembered_as_said(log: Log) -> None:
    for one in sent(log, WRITES):
        assert one.message.audience.is_private
        assert one.message.audience.channel_id == f"discord:dm-{one.who.casefold()}"
    there = {row["id"]: row["text"] for row in log.tables["v2_messages"]}
    gone = {who for who in NO_LONGER if who == "Erik"}
    for one in log.sent:
        if one.who not in gone:
            assert there[one.message.id] == one.message.text


# Reminders


@pytest.mark.parametrize("weekly", REMINDERS, ids=[one.who for one in REMINDERS])
def test_a_reminder_comes_at_its_time_on_the_clock_of_who_asked(log: Log, weekly: Weekly) -> None:
    said = [one for one in sent(log, REMINDS, weekly.who) if weekly.what in one.message.text]
    missed = [at for at in weekly.times() if DOWN[0] <= at < DOWN[1]]
    on_time = [at for at in weekly.times() if at not in missed]
    late = [one for one in said if one.at not in on_time]
    assert [one.at for one in said if one.at in on_time] == on_time
    assert len(late) == len(missed)
    assert all(one.at == DOWN[1] and "sorry that this comes" in one.message.text for one in late)
    assert all("sorry" not in one.message.text for one in said if one not in late)
    assert all(one.message.buttons for one in said)


def test_reminders_of_walls_clocks_move_with_them(log: Log) -> None:
    hours = {one.at.hour for one in sent(log, REMINDS, "Walt") if one.at != DOWN[1]}
    assert hours == {7, 8}, "nine in the morning, in summer and in winter"


def test_what_was_asked_for_in_passing_comes_once_and_late_with_an_apology(log: Log) -> None:
    for who, asked in ONCE.items():
        for due, what in asked:
            said = [one for one in sent(log, REMINDS, who) if what in one.message.text and abs(one.at - due) < 3 * DAY]
            (one,) = said
            late = DOWN[0] <= due < DOWN[1]
            assert one.at == (DOWN[1] if late else due)
            assert ("sorry that this comes" in one.message.text) is late
            assert one.message.audience.is_private is (who != "Gus")
    assert any(DOWN[0] <= due < DOWN[1] for due, _ in ONCE["Dana"])


def test_nobody_is_reminded_of_what_they_did_not_ask_for(log: Log) -> None:
    wanted = Counter({(one.who, one.what): len(one.times()) for one in REMINDERS})
    wanted += Counter((who, what) for who, asked in ONCE.items() for _, what in asked)
    said = Counter((one.who, what) for one in sent(log, REMINDS) for who, what in wanted
                   if who == one.who and what in one.message.text)  # fmt: skip
    assert said == wanted
    assert said.total() == len(sent(log, REMINDS))


# Those of whom nothing is to be kept


@pytest.mark.parametrize("who", NO_LONGER)
def test_nothing_is_sent_any_more_to_who_wants_nothing_kept(log: Log, who: str) -> None:
    to_them = [one.at for one in log.sent if one.who == who]
    assert len(to_them) > 10, "until then there was something"
    assert max(to_them) < until(who) + DAY / 2


def test_of_who_does_not_want_to_be_remembered_nothing_is_added(log: Log) -> None:
    olga = RESIDENTS["Olga"].user_id
    assert len([one for one in log.of("Olga") if one.at > until("Olga")]) > 5
    for table, rows in log.kept_at_opting_out.items():
        now = [row for row in log.tables[table] if olga in map(str, row.values())]
        assert len(now) <= len(rows), table
    later = [one for one in log.of("Olga") if one.at > until("Olga") + DAY]
    assert {one.prompt.stage for one in later} == {"Tide Pool"}
    assert not any(one.prompt.has_thought or one.prompt.noticed or one.prompt.line for one in later)


def test_nothing_is_left_of_who_was_erased(log: Log) -> None:
    assert log.counted_of_erased == 0
    assert log.rows_of_erased_then == []
    assert log.left_of_erased == []


def test_an_export_holds_all_of_somebody(log: Log) -> None:
    nora = RESIDENTS["Nora"].user_id
    holds = {name.removesuffix(".json"): rows for name, rows in log.export.items()}
    texts = [row["text"] for row in holds["messages"]]
    assert [one for one in texts if one in {said.text for said in log.of("Nora")}] == [
        one.text for one in log.of("Nora")
    ]
    for table, name in {
        "v2_messages": "messages", "v2_trust_changes": "trust_changes", "v2_mentions": "said_once",
        "v2_epiphanies": "epiphanies", "v2_diary": "diary", "v2_summaries": "summaries", "v2_reminders": "reminders",
        "v2_relationships": "relationships",
    }.items():  # fmt: skip
        assert len(holds[name]) == sum(row["user_id"] == nora for row in log.tables[table]), name
    assert {row["user_id"] for row in holds["messages"]} == {nora}
