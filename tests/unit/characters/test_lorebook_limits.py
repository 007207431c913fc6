"""What a hostile lorebook cannot do, what a large one costs, and how a folder's book is found and checked."""

import random
import time
from pathlib import Path

import pytest

from src_v2.characters.cards.fields import Oddity
from src_v2.characters.check import check_character
from src_v2.characters.loader import load_character
from src_v2.characters.lorebook.keys import SEARCH_TIMEOUT_S, Searching
from src_v2.characters.lorebook.matching import PATTERNS_BUDGET_S, fire
from src_v2.characters.lorebook.models import Lorebook
from src_v2.characters.lorebook.reading import read_book
from src_v2.core.tokens import estimate_tokens
from tests.support.cards import as_json, book, entry, v2
from tests.support.watchdog import no_stalls
from tests.unit.characters.conftest import MakeCharacter
from tests.unit.characters.test_lorebook import fired, lorebook


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(", "no pattern"), ("(a+)+$", "too long"), ("(a|aa)+$", "too long"), ("(?R)?a|b", "too long"),
        ("(a{1000}){1000}", "repeats too often"), ("x{99999999}", "repeats too often"), ("a" * 301, "300 characters"),
        ("[", "no pattern"), ("(?P<n>", "no pattern"), (r"\p{Nonsense}", "no pattern"),
    ],
)  # fmt: skip
def test_a_bad_pattern_is_a_problem_when_it_is_loaded(pattern: str, why: str) -> None:
    oddities: list[Oddity] = []
    made = read_book(book(entry("fine", content="kept"), entry(pattern, use_regex=True)), oddities)
    assert [(oddity.key, why in oddity.text) for oddity in oddities] == [("entries[1].keys[0]", True)]
    assert fired(made, "fine") == ["kept"]


def test_after_many_bad_patterns_no_more_are_tried() -> None:
    oddities: list[Oddity] = []
    begun = time.thread_time()
    read_book(book(*(entry("(a+)+$", use_regex=True) for _ in range(500))), oddities)
    assert len(oddities) == 500
    assert time.thread_time() - begun < 4


SLOW = r"(z+)+q"
"""Harmless on every probe, without end on many z."""


async def test_a_hostile_pattern_cannot_hold_up_the_event_loop() -> None:
    made = lorebook(*(entry(SLOW, use_regex=True) for _ in range(300)), entry("tea", content="kept"))
    async with no_stalls():
        for _ in range(3):
            assert fired(made, "z" * 5_000 + "! tea") == ["kept"]


def test_all_patterns_of_a_turn_share_one_budget() -> None:
    [slow] = lorebook(entry(SLOW, use_regex=True)).entries
    searching = Searching(PATTERNS_BUDGET_S)
    begun = time.thread_time()
    for _ in range(100):
        assert not searching.finds(slow.keys[0].pattern, "z" * 5_000 + "!")
    assert time.thread_time() - begun < 2 * (PATTERNS_BUDGET_S + SEARCH_TIMEOUT_S)


def best_ms(made: Lorebook, texts: list[str]) -> float:
    """Return the quickest of some runs: what it costs when nobody else takes the processor."""
    times = []
    for _ in range(15):
        begun = time.thread_time()
        fire(made, texts, estimate_tokens, lambda: 0.0, budget_tokens=500)
        times.append((time.thread_time() - begun) * 1000)
    return min(times)


def typical_talk() -> list[str]:
    words = [f"word{number}" for number in range(400)]
    choices = random.Random(1)
    return [" ".join(choices.choices(words, k=60)) for _ in range(20)]


def test_a_typical_book_takes_less_than_two_milliseconds() -> None:
    entries = [entry(f"word{n * 7}", f"other thing {n}", f"name{n}", content="text " * 30) for n in range(490)]
    entries += [entry(rf"\bword{n}\b.{{0,20}}x", use_regex=True) for n in range(10)]
    made = lorebook(*entries, scan_depth=20, recursive_scanning=True, token_budget=2_000)
    assert fired(made, *typical_talk())
    assert best_ms(made, typical_talk()) < 2


def test_ten_thousand_entries_do_not_matter() -> None:
    made = lorebook(*(entry(f"key{n}", f"some phrase {n}") for n in range(10_000)), scan_depth=20)
    assert best_ms(made, typical_talk()) < 5


def test_the_book_of_a_folder_is_lorebook_json_or_else_that_of_card_json(make_character: MakeCharacter) -> None:
    card = as_json(v2(character_book=book(entry("bee", content="from the card")))).decode()
    own = as_json(book(entry("bee", content="from the file"))).decode()
    of_card = load_character(make_character("one", {"card.json": card}))
    of_file = load_character(make_character("two", {"card.json": card, "lorebook.json": own}))
    assert [entry.content for entry in of_card.lorebook.entries] == ["from the card"]
    assert [entry.content for entry in of_file.lorebook.entries] == ["from the file"]
    assert load_character(make_character("three")).lorebook == Lorebook()
    assert load_character(make_character("four", {"card.json": "not a card"})).lorebook == Lorebook()


def test_problems_name_file_and_key(make_character: MakeCharacter, tmp_path: Path) -> None:
    folder = make_character(
        files={"lorebook.json": as_json(book(entry("(", use_regex=True), 5, scan_depth="x")).decode()}
    )
    found = [str(problem) for problem in check_character(folder) if problem.file == "lorebook.json"]
    assert found == [
        "keeper/lorebook.json: entries[0].keys[0]: is no pattern that can be read; left out",
        "keeper/lorebook.json: entries[1]: is no object; left out",
        "keeper/lorebook.json: scan_depth: expected a number, found text; not used",
    ]
    (folder / "lorebook.json").write_text("{")
    [broken] = [problem for problem in check_character(folder, tmp_path) if problem.file == "lorebook.json"]
    assert str(broken) == "keeper/lorebook.json: cannot be used: the lorebook is not valid JSON, line 1"
    (folder / "lorebook.json").unlink()
    (folder / "avatar.png").write_bytes(b"no picture")
    [avatar] = [problem for problem in check_character(folder, tmp_path) if problem.file == "avatar.png"]
    assert "no PNG file" in avatar.text
