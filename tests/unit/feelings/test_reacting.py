"""With which emojis a character would react to a message."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from src_v2.characters.models import Character, Core, LurkTriggers, Reactions, Ux
from src_v2.characters.service import Characters
from src_v2.evolution.feelings.reacting import NONE, inclination
from tests.support.house import CHARACTERS

REACTIONS = Reactions(
    enabled=True, base_rate=0.3, topic_boost=0.35, positive_emojis=("💛",), thinking_emojis=("🤔",),
    excitement_emojis=("🤩",), supportive_emojis=("🫂",), signature_emojis=("🐚",), agreement_emojis=("💯",),
)  # fmt: skip
ELENA = Character(
    "elena", "Elena", "Be kind.",
    core=Core(drives=MappingProxyType({"care_for_the_ocean": 0.9, "curiosity": 0.8})),
    ux=Ux(reactions=REACTIONS, emoji_sets=MappingProxyType({"sea": ("🌊", "🦀"), "work": ("🔬",)})),
    lurk_triggers=LurkTriggers(high_relevance=("kelp", "tide pool"), low_relevance=("tacos",)),
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "emojis"),
    [
        ("that was nice", {"💛"}), ("I LOVE it, best day ever!!!", {"🤩"}), ("my dog died", {"🫂"}),
        ("my dog died near the sea", {"🫂"}), ("what time is it?", {"🤔"}), ("exactly, yes", {"💯"}),
        ("sí, claro", {"💯"}),
        ("we went to the tide pools", {"🐚"}), ("the sea was calm and it was nice", {"💛", "🐚", "🌊", "🦀"}),
        ("is there kelp in the ocean?", {"🤔", "🐚"}), ("thank you", {"💛"}),
    ],
)  # fmt: skip
def test_the_set_fits_the_message(text: str, emojis: set[str]) -> None:
    assert set(inclination(ELENA, text).emojis) == emojis


@pytest.mark.parametrize(
    "text",
    ["the bus leaves at seven", "you are stupid", "stupid sea bot", "searching seats", "", "I hate you, sea witch"],
)
def test_nothing_fits_what_says_nothing_or_hurts(text: str) -> None:
    assert inclination(ELENA, text) == NONE


def test_its_topics_make_it_likelier() -> None:
    assert inclination(ELENA, "that was nice").chance == pytest.approx(0.3)
    assert inclination(ELENA, "those tacos were nice").chance == pytest.approx(0.65)
    assert inclination(ELENA, "the Ocean is nice").chance == pytest.approx(0.65)
    eager = replace(ELENA, ux=replace(ELENA.ux, reactions=replace(REACTIONS, base_rate=0.9)))
    assert inclination(eager, "those tacos were nice").chance == 1.0


def test_a_character_that_does_not_react_never_does() -> None:
    silent = replace(ELENA, ux=replace(ELENA.ux, reactions=replace(REACTIONS, enabled=False)))
    assert inclination(silent, "that was nice") == NONE
    assert inclination(Character("marcus", "Marcus", "Play."), "that was nice") == NONE


def test_without_comfort_in_its_file_a_sad_message_gets_nothing() -> None:
    cool = replace(ELENA, ux=replace(ELENA.ux, reactions=replace(REACTIONS, supportive_emojis=())))
    assert inclination(cool, "my dog died near the sea") == NONE


def test_shipped_characters_have_something_for_everybody() -> None:
    characters = Characters(CHARACTERS)
    characters.load_all()
    for name in ("elena", "marcus", "aria"):
        character = characters.get(name)
        if character.ux.reactions.enabled:
            assert inclination(character, "that was so nice of you").emojis
            assert set(inclination(character, "my dog died").emojis) <= set(character.ux.reactions.supportive_emojis)
