"""`character new` makes somebody to talk to, and never writes over anybody."""

from pathlib import Path

import pytest

from src_v2.characters.check import check_character
from src_v2.characters.loader import load_character
from src_v2.characters.problems import Severity
from src_v2.characters.scaffold import create_character
from src_v2.core.errors import CharacterError


def test_a_new_character_is_complete(tmp_path: Path) -> None:
    folder = create_character("Old-Tom", tmp_path / "characters")

    character = load_character(folder)
    assert (character.name, character.display_name) == ("old-tom", "Old Tom")
    assert "{user_name}" in character.text
    assert "{current_datetime}" in character.text
    assert "<memory>" in character.text.split("## Sample lines")[1]
    assert character.core.constitution
    assert [found for found in check_character(folder) if found.severity is not Severity.HINT] == []


@pytest.mark.parametrize("name", ["", "two words", "../up", "/etc", "a/b", ".hidden", "ünder", "x" * 65, "nul\0"])
def test_a_name_that_cannot_be_a_folders_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(CharacterError, match="letters, digits") as refused:
        create_character(name, tmp_path)
    assert "such as" in refused.value.user_message
    assert list(tmp_path.iterdir()) == []


def test_an_existing_character_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "Ada").mkdir()
    with pytest.raises(CharacterError, match="exists already: choose another name"):
        create_character("ada", tmp_path)
    assert list((tmp_path / "Ada").iterdir()) == []
