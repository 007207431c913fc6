"""A card becomes a folder, the folder is edited, and what comes out of it is the card with the edits."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from src_v2.characters.cards.folder import card_of_folder, folder_name, import_card
from src_v2.characters.cards.models import Container, Spec
from src_v2.characters.cards.reading import read_card
from src_v2.characters.cards.writing import write_card
from src_v2.characters.loader import load_character
from src_v2.characters.service import Characters
from src_v2.core.errors import CharacterError
from tests.support import cards
from tests.support.cards import SECRET


def test_character_md_is_made_of_the_card(tmp_path: Path) -> None:
    folder = import_card(read_card(cards.as_json(cards.v3())), tmp_path)
    text = (folder / "character.md").read_text()
    assert folder.name == "juniper-vale"
    assert text.startswith("# June\n\nJune keeps bees above the village.")
    assert "## Personality\n\npatient, wry" in text
    assert "## Scenario\n\n{user_name} comes up the path." in text
    assert "## Instructions\n\nStay in the mountains." in text
    assert "## How a conversation begins\n\nMind the hives, {user_name}." in text
    assert "## Example dialogue\n\n<START>\n{user_name}: Hello\nJune: Hm." in text
    assert "{{" not in text
    assert "For slow evenings." not in text
    assert "For slow evenings." in (folder / "README.md").read_text()


def test_a_given_name_takes_the_place_of_the_cards(tmp_path: Path) -> None:
    folder = import_card(read_card(cards.as_json(cards.v2(name="アリス"))), tmp_path, "Old-Tom")
    assert folder.name == "old-tom"
    assert "# Old Tom\n\nOld Tom keeps bees" in (folder / "character.md").read_text()


def test_placeholders_of_this_project_in_a_card_are_text(tmp_path: Path) -> None:
    card = read_card(cards.as_json(cards.v2(description="{recent_memories} and {guild_id} and {other}")))
    text = (import_card(card, tmp_path) / "character.md").read_text()
    assert "{ recent_memories } and { guild_id } and {other}" in text


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Zoë d'Été", "zoe-d-ete"), ("../../etc/passwd", "etc-passwd"), ("  A  B  ", "a-b"), ("🐝", ""), ("アリス", ""),
        ("C:\\x", "c-x"), (".hidden", "hidden"), ("x" * 200, "x" * 64), ("ﬁn", "fin"), ("_drafts", "drafts"),
    ],
)  # fmt: skip
def test_a_folders_name_is_never_a_path(name: str, folder: str) -> None:
    assert folder_name(name) == folder


@pytest.mark.parametrize("name", ["", "🐝", "..", "アリス"])
def test_without_a_usable_name_one_is_asked_for(name: str, tmp_path: Path) -> None:
    with pytest.raises(CharacterError, match="--name"):
        import_card(read_card(cards.as_json(cards.v2(name=name))), tmp_path)
    for given in ("../up", "a/b", ".x", "a b"):
        with pytest.raises(CharacterError):
            import_card(read_card(cards.as_json(cards.v2())), tmp_path, given)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    (tmp_path / "Juniper-Vale").mkdir()
    (tmp_path / "Juniper-Vale" / "character.md").write_text("mine")
    with pytest.raises(CharacterError, match="exists already"):
        import_card(read_card(cards.as_json(cards.v2())), tmp_path)
    assert (tmp_path / "Juniper-Vale" / "character.md").read_text() == "mine"
    assert len(list(tmp_path.iterdir())) == 1


def test_a_folder_appears_at_once_and_a_failure_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    rename = os.rename

    def look_and_rename(source: Path, target: Path) -> None:
        watched = Characters(tmp_path)
        watched.load_all()
        seen.append([*watched.names(), *(str(problem) for problem in watched.problems())])
        rename(source, target)

    monkeypatch.setattr(os, "rename", look_and_rename)
    folder = import_card(read_card(cards.as_json(cards.v2())), tmp_path)
    assert seen == [[]]
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "card.json", "character.md"]

    def full(_source: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "rename", full)
    with pytest.raises(CharacterError, match="No space left"):
        import_card(read_card(cards.as_json(cards.v2())), tmp_path, "second")
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


Edit = Callable[[str], str]


@pytest.mark.parametrize(
    ("edit", "field", "value"),
    [
        (lambda text: text.replace("patient, wry", "loud for {user_name}"), "personality", "loud for {{user}}"),
        (lambda text: text.replace("keeps bees", "breeds owls"), "description",
         f"June breeds owls above the village. {SECRET}."),
        (lambda text: text.replace("# June", "# Owl Woman"), "name", "Owl Woman"),
        (lambda text: text[: text.index("## Example dialogue")], "mes_example", ""),
        (lambda text: text + "\n## More\n\nAnd so on.\n", "mes_example",
         "<START>\n{{user}}: Hello\nJune: Hm.\n\n## More\n\nAnd so on."),
    ],
)  # fmt: skip
def test_edits_win_over_the_card_and_the_rest_stays(edit: Edit, field: str, value: str, tmp_path: Path) -> None:
    before = read_card(cards.as_json(cards.v3()))
    folder = import_card(before, tmp_path)
    (folder / "character.md").write_text(edit((folder / "character.md").read_text()))
    after = card_of_folder(folder)
    assert getattr(after, field) == value
    data: Any = before.original["data"]
    changed = {field: value, **({"nickname": value} if field == "name" else {})}
    assert after.original["data"] == {**data, **changed}


def test_an_edited_lorebook_wins_over_the_card(tmp_path: Path) -> None:
    folder = import_card(read_card(cards.as_json(cards.v2(character_book=cards.book(cards.entry("hive"))))), tmp_path)
    (folder / "lorebook.json").write_bytes(cards.as_json({"entries": {"0": cards.world_info(strange=1)}, "mine": 2}))
    book = card_of_folder(folder).book
    assert book is not None
    entries: Any = book["entries"]
    assert [(entry["keys"], entry["extensions"]["strange"]) for entry in entries] == [(["hive"], 1)]
    assert book["mine"] == 2


def test_a_card_that_repeats_its_fields_outside_is_changed_in_both_places(tmp_path: Path) -> None:
    folder = import_card(read_card(cards.as_json({**cards.v1(), **cards.v2()})), tmp_path)
    file = folder / "character.md"
    file.write_text(file.read_text().replace("patient, wry", "loud"))
    whole: Any = card_of_folder(folder).original
    assert (whole["personality"], whole["data"]["personality"]) == ("loud", "loud")


@pytest.mark.parametrize("container", list(Container))
def test_a_folder_of_ones_own_becomes_a_card_and_comes_back(container: Container, tmp_path: Path) -> None:
    folder = tmp_path / "keeper"
    folder.mkdir()
    (folder / "character.md").write_text("# The Keeper\n\nYou keep a light for {user_name}.\n\n## Scenario\n\nFog.\n")
    (folder / "lorebook.json").write_bytes(cards.as_json(cards.book(cards.entry("lamp"))))
    card = read_card(write_card(card_of_folder(folder), container))
    assert (card.name, card.spec) == ("The Keeper", Spec.V3)
    assert card.description == "You keep a light for {{user}}.\n\n## Scenario\n\nFog."
    again = import_card(card, tmp_path)
    assert len(load_character(again).lorebook.entries) == 1
    assert "You keep a light for {user_name}." in load_character(again).text
