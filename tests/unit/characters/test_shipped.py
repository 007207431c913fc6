"""The characters that come with WhisperEngine: sound, complete, and each with a voice of their own."""

import itertools
import re
from pathlib import Path

import pytest

from src_v2.characters.check import check_character
from src_v2.characters.folder import READ_FILES
from src_v2.characters.loader import load_character
from src_v2.characters.models import Character

SHIPPED = Path(__file__).parents[3] / "characters"
NAMES = sorted(path.name for path in SHIPPED.iterdir() if path.is_dir())
SAMPLE_SECTIONS = ("greeting", "listening", "remembering", "not knowing", "farewell")
SAME_WORDS_IN_A_ROW = 6


@pytest.fixture(params=NAMES)
def character(request: pytest.FixtureRequest) -> Character:
    return load_character(SHIPPED / request.param)


def sample_lines(character: Character, section: str) -> list[str]:
    lines = character.text.split("## Sample lines", 1)[1]
    block = lines.split(f"### {section}\n", 1)[1].split("###", 1)[0]
    return [line.removeprefix("- ") for line in block.splitlines() if line.startswith("- ")]


def written(name: str) -> str:
    """Return all that an author wrote about a character, without headings, keys and punctuation."""
    text = "\n".join((SHIPPED / name / file).read_text(encoding="utf-8") for file in READ_FILES)
    without_keys = re.sub(r"^#.*$|[a-z_]+:(?=\s)", " . ", text, flags=re.MULTILINE)
    return without_keys.casefold()


def sentences(name: str) -> set[str]:
    parts = re.split(r"[.!?:;\n\"]+", written(name))
    return {" ".join(words) for part in parts if len(words := re.findall(r"\w+", part)) > 2}


def runs(name: str) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", written(name))
    return {tuple(words[at : at + SAME_WORDS_IN_A_ROW]) for at in range(len(words) - SAME_WORDS_IN_A_ROW + 1)}


def test_elena_marcus_and_aria_are_there() -> None:
    assert {"elena", "marcus", "aria"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_check_finds_nothing_to_say(name: str) -> None:
    assert check_character(name, SHIPPED) == []


@pytest.mark.parametrize("name", NAMES)
def test_every_file_is_there(name: str) -> None:
    assert [file for file in READ_FILES if not (SHIPPED / name / file).is_file()] == []


def test_the_text_is_rich_and_not_a_novel(character: Character) -> None:
    words = len(character.text.split("## Sample lines")[0].split())
    assert 350 <= words <= 700


def test_they_know_whom_they_speak_with_and_what_time_it_is(character: Character) -> None:
    assert "{user_name}" in character.text
    assert "{current_datetime}" in character.text


def test_each_has_its_own_sample_lines(character: Character) -> None:
    for section in SAMPLE_SECTIONS:
        assert 3 <= len(sample_lines(character, section)) <= 4, section
    assert all("<memory>" in line for line in sample_lines(character, "remembering"))
    assert any("<topic>" in line for line in sample_lines(character, "listening"))
    assert any("<user>" in line for line in sample_lines(character, "greeting"))
    others = [
        line for section in SAMPLE_SECTIONS if section != "remembering" for line in sample_lines(character, section)
    ]
    assert not any("<memory>" in line for line in others)


def test_each_says_that_it_is_an_ai_when_sincerely_asked(character: Character) -> None:
    honest = [line for line in character.core.constitution if re.search(r"\bAI\b|artificial intelligence", line)]
    assert honest
    assert re.search(r"\bAI\b|artificial intelligence", character.text)


def test_nobody_is_singled_out_by_id(character: Character) -> None:
    assert character.evolution.special_users == ()


@pytest.mark.parametrize(("one", "other"), itertools.combinations(NAMES, 2))
def test_no_two_share_a_sentence_or_six_words_in_a_row(one: str, other: str) -> None:
    assert sentences(one) & sentences(other) == set()
    assert runs(one) & runs(other) == set()
