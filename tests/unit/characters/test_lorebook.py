"""A lorebook fires: which entries come to mind, in what order, how many fit, and what a hostile book cannot do."""

import random
from typing import Any

import pytest

from src_v2.characters.cards.fields import Oddity
from src_v2.characters.lorebook.decorators import split_decorators
from src_v2.characters.lorebook.matching import fire
from src_v2.characters.lorebook.models import Lorebook, Position
from src_v2.characters.lorebook.reading import read_book
from src_v2.core.tokens import estimate_tokens
from tests.support.cards import book, entry, world_info


def lorebook(*entries: dict[str, Any], **fields: Any) -> Lorebook:
    oddities: list[Oddity] = []
    made = read_book(book(*entries, **fields), oddities)
    assert oddities == []
    return made


def fired(made: Lorebook, *texts: str, chance: float = 0.0, **options: Any) -> list[str]:
    found = fire(made, texts, estimate_tokens, lambda: chance, **options)
    return [entry.content for entry in found]


def fires(text: str, *keys: str, **fields: Any) -> bool:
    return bool(fired(lorebook(entry(*keys, **fields)), text))


@pytest.mark.parametrize(
    ("key", "text", "hit"),
    [
        ("bee", "a bee!", True), ("bee", "a beetle", False), ("bee", "A BEE", True), ("bee", "", False),
        ("queen bee", "the Queen Bee", True), ("queen bee", "queens beer", False), ("C++", "I write C++", True),
        ("straße", "STRASSE", True), ("été", "en été", True), ("Zoë", "zoë's", True), ("蜜蜂", "我喜欢蜜蜂吗", True),
        ("왕", "왕이 온다", True), ("x-1", "an x-1 here", True), ("x-1", "an x-12 here", False),
        ("bee", "_bee_", False), ("🐝", "a 🐝 buzzes", True),
    ],
)  # fmt: skip
def test_keys_are_whole_words_in_any_case(key: str, text: str, hit: bool) -> None:
    assert fires(text, key) is hit


def test_any_key_will_do_and_empty_ones_do_nothing() -> None:
    assert fires("the drone", "bee", "drone", "")
    assert not fires("the hive", "bee", "drone", "", "  ")
    assert not fires("anything")


def test_case_and_whole_words_can_be_asked_for() -> None:
    assert not fires("a rose", "Rose", case_sensitive=True)
    assert fires("for Rose", "Rose", case_sensitive=True)
    assert fires("a beetle", "bee", extensions={"match_whole_words": False})


def test_secondary_keys_count_only_when_selective() -> None:
    assert fires("the bee", "bee", secondary_keys=["queen"])
    assert not fires("the bee", "bee", secondary_keys=["queen"], selective=True)
    assert fires("the queen bee", "bee", secondary_keys=["queen", "king"], selective=True)
    assert fires("the bee", "bee", secondary_keys=[], selective=True)
    assert fires("the queen bee", "bee", secondary_keys="queen, king", selective=True)


@pytest.mark.parametrize(
    ("logic", "hits"),
    [(0, [False, True, True]), (1, [True, True, False]), (2, [True, False, False]), (3, [False, False, True])],
)
def test_the_logic_of_secondary_keys(logic: int, hits: list[bool]) -> None:
    texts = ["bee", "bee queen", "bee queen drone"]
    fields: dict[str, Any] = {"secondary_keys": ["queen", "drone"], "selective": True}
    found = [fires(text, "bee", extensions={"selectiveLogic": logic}, **fields) for text in texts]
    assert found == hits


def test_constant_entries_always_fire_and_disabled_ones_never() -> None:
    assert fires("", constant=True)
    assert not fires("bee", "bee", enabled=False, constant=True)
    assert not fires("bee", "bee", content="")


def test_the_order_is_the_insertion_order() -> None:
    made = lorebook(
        entry("a", content="late", insertion_order=9), entry("a", content="early", insertion_order=-1),
        entry("a", content="middle", insertion_order=2.5), entry("a", content="too", insertion_order=2.5),
    )  # fmt: skip
    assert fired(made, "a") == ["early", "middle", "too", "late"]


def test_the_lowest_priority_is_dropped_first_when_tokens_run_out() -> None:
    made = lorebook(
        entry("a", content="x" * 40, priority=1, insertion_order=1), entry("a", content="y" * 40, priority=9),
        entry("a", content="z" * 40, priority=5), token_budget=20,
    )  # fmt: skip
    assert fired(made, "a") == ["y" * 40, "z" * 40]
    assert fired(made, "a", budget_tokens=10) == ["y" * 40]
    assert fired(made, "a", budget_tokens=9) == []
    by_order = lorebook(entry("a", content="x" * 40, insertion_order=1), entry("a", content="y" * 40), token_budget=10)
    assert fired(by_order, "a") == ["y" * 40]


def test_only_the_newest_messages_are_looked_at() -> None:
    texts = ["a bee", "one", "two", "three"]
    assert fired(lorebook(entry("bee"), scan_depth=3), *texts) == []
    assert fired(lorebook(entry("bee"), scan_depth=4), *texts) != []
    assert fired(lorebook(entry("bee", extensions={"scan_depth": 4}), scan_depth=1), *texts) != []
    assert fired(lorebook(entry("three"), scan_depth=0), *texts) == []
    assert fired(lorebook(entry("three", constant=True), scan_depth=0), *texts) != []


def chain(**fields: Any) -> Lorebook:
    return lorebook(
        entry("bessie", content="Bessie knows Rufus."), entry("rufus", content="Rufus knows Otto.", **fields),
        entry("otto", content="Otto."), recursive_scanning=True,
    )  # fmt: skip


def test_entries_bring_up_other_entries_when_the_book_says_so() -> None:
    assert len(fired(chain(), "Bessie?")) == 3
    assert len(fired(lorebook(entry("a", content="b"), entry("b", content="c")), "a")) == 1
    assert len(fired(chain(extensions={"exclude_recursion": True}), "Bessie?")) == 1
    assert len(fired(chain(extensions={"prevent_recursion": True}), "Bessie?")) == 2
    assert len(fired(chain(extensions={"delay_until_recursion": True}), "Rufus?")) == 0
    assert len(fired(chain(extensions={"delay_until_recursion": 1}), "Bessie?")) == 3


def test_recursion_ends() -> None:
    ring = lorebook(entry("a", content="b"), entry("b", content="a"), recursive_scanning=True)
    assert fired(ring, "a") == ["b", "a"]
    long_chain = lorebook(*(entry(f"k{n}", content=f"k{n + 1}") for n in range(50)), recursive_scanning=True)
    assert len(fired(long_chain, "k0")) == 6


def test_probability_is_rolled_once_from_the_given_source() -> None:
    half = lorebook(entry("a", extensions={"probability": 50, "useProbability": True}))
    assert fired(half, "a", chance=0.49)
    assert not fired(half, "a", chance=0.5)
    assert fired(lorebook(entry("a", extensions={"probability": 0, "useProbability": False})), "a", chance=0.9)
    rolls = random.Random(7)
    hits = [bool(fire(half, ["a"], estimate_tokens, rolls.random)) for _ in range(1000)]
    assert 450 < sum(hits) < 550


def test_patterns() -> None:
    assert fires("two dragons", r"dragons?\b", use_regex=True)
    assert fires("two DRAGONS", r"dragons?\b", use_regex=True)
    assert not fires("two DRAGONS", r"dragons?\b", use_regex=True, case_sensitive=True)
    assert fires("fire\nwyrm", "/fire.wyrm/s")
    assert not fires("fire\nwyrm", "/fire.wyrm/")
    assert not fires("anything", r"dragon", use_regex=True, constant=True)
    assert fires("dragon", "dragon", use_regex=True, secondary_keys=["never"], selective=True)


@pytest.mark.parametrize(
    ("decorators", "texts", "replies", "hit"),
    [
        ("@@activate", ["nothing"], 0, True),
        ("@@dont_activate", ["bee"], 0, False),
        ("@@dont_activate\n@@activate", ["nothing"], 0, True),
        ("@@activate_only_after 3", ["bee"], 2, False),
        ("@@activate_only_after 3", ["bee"], 3, True),
        ("@@activate_only_every 2", ["bee"], 3, False),
        ("@@activate_only_every 2", ["bee"], 4, True),
        ("@@activate_only_every 0", ["bee"], 3, True),
        ("@@scan_depth 1", ["bee", "x"], 0, False),
        ("@@scan_depth 2", ["bee", "x"], 0, True),
        ("@@keep_activate_after_match", ["bee", *"xxxxxxxx"], 0, True),
        ("@@dont_activate_after_match", ["bee", "bee"], 0, False),
        ("@@dont_activate_after_match", ["x", "bee"], 0, True),
        ("@@additional_keys queen,drone", ["bee"], 0, False),
        ("@@additional_keys queen,drone", ["bee and drone"], 0, True),
        ("@@exclude_keys wasp, hornet", ["bee and wasp"], 0, False),
        ("@@exclude_keys wasp, hornet", ["bee"], 0, True),
        ("@@nobody_knows 1\n@@@dont_activate", ["bee"], 0, False),
        ("@@nobody_knows 1\n@@@nor_this\n@@@activate", ["nothing"], 0, True),
        ("@@scan_depth 4\n@@@dont_activate", ["bee"], 0, True),
        ("@@scan_depth nonsense\n@@@dont_activate", ["bee"], 0, False),
        ("@@@dont_activate", ["bee"], 0, True),
        ("@@is_user_icon Bob\n@@is_greeting 3\n@@role system\n@@disable_ui_prompt system_prompt", ["bee"], 0, True),
    ],
)
def test_decorators(decorators: str, texts: list[str], replies: int, hit: bool) -> None:
    made = lorebook(entry("bee", content=f"{decorators}\n\nSeven hives.\n@@not a decorator"))
    assert fired(made, *texts, replies=replies) == (["Seven hives.\n@@not a decorator"] if hit else [])


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({}, (Position.BEFORE_CHAR, 0)),
        ({"position": "after_char"}, (Position.AFTER_CHAR, 0)),
        ({"position": "sideways"}, (Position.BEFORE_CHAR, 0)),
        ({"extensions": {"position": 1}}, (Position.AFTER_CHAR, 0)),
        ({"extensions": {"position": 4, "depth": 2}}, (Position.IN_CHAT, 2)),
        ({"extensions": {"position": 4}}, (Position.IN_CHAT, 4)),
        ({"content": "@@depth 3\nx"}, (Position.IN_CHAT, 3)),
        ({"content": "@@depth 3\n@@position after_desc\nx"}, (Position.AFTER_CHAR, 0)),
        ({"content": "@@position elsewhere\n@@@position before_desc\nx"}, (Position.BEFORE_CHAR, 0)),
    ],
)
def test_positions(fields: dict[str, Any], place: tuple[Position, int]) -> None:
    [found] = lorebook(entry("a", **fields)).entries
    assert (found.position, found.depth) == place


def test_only_the_first_of_two_decorators_counts() -> None:
    decorators, text = split_decorators("@@depth 1\r\n@@depth 2\r\n\r\nText")
    assert (decorators.numbers, text) == ({"depth": 1}, "Text")
    assert split_decorators("@@depth 1")[1] == ""


def test_the_last_to_stay_when_it_gets_tight() -> None:
    made = lorebook(
        entry("a", content="@@ignore_on_max_context\n" + "x" * 40, priority=99), entry("a", content="y" * 40),
        token_budget=10,
    )  # fmt: skip
    assert fired(made, "a") == ["y" * 40]


def test_world_info_is_read_as_well() -> None:
    oddities: list[Oddity] = []
    made = read_book({"entries": {
        "0": world_info(), "1": world_info(disable=True, content="off"),
        "2": world_info(key=["queen"], keysecondary=["old"], content="Ottoline.", position=4, depth=1,
                        selectiveLogic=2),
        "3": world_info(key=["/dro+ne/i"], content="Lazy.", caseSensitive=None, matchWholeWords=None, role=None),
    }}, oddities)  # fmt: skip
    assert oddities == []
    assert fired(made, "HIVE") == ["Seven hives."]
    assert fired(made, "the queen") == ["Ottoline."]
    assert fired(made, "the old queen") == []
    assert fired(made, "drooone") == ["Lazy."]
    assert made.entries[1].depth == 1
    alone = read_book({"spec": "lorebook_v3", "data": book(entry("hive"))}, oddities)
    assert fired(alone, "hive")
