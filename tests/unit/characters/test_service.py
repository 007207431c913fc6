"""The characters of a process: who is there, what is wrong, and what a saved file changes."""

import shutil
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from src_v2.characters.problems import BrokenCharacter, Severity
from src_v2.characters.service import Characters
from src_v2.core.errors import CharacterNotFound
from tests.unit.characters.conftest import MakeCharacter


@pytest.fixture
def characters(tmp_path: Path) -> Characters:
    return Characters(tmp_path)


async def test_names_ignore_case_and_unknown_ones_are_told_who_is_there(
    characters: Characters, make_character: MakeCharacter
) -> None:
    make_character("Elena")
    make_character("marcus")
    characters.load_all()

    assert characters.names() == ("elena", "marcus")
    assert characters.get("ELENA").name == "elena"
    for wrong in ("nobody", "", "../elena", "elena/"):
        with pytest.raises(CharacterNotFound, match="there are: elena, marcus"):
            characters.get(wrong)


async def test_a_turn_in_flight_keeps_its_version(characters: Characters, make_character: MakeCharacter) -> None:
    folder = make_character(files={"core.yaml": "purpose: old\n"})
    characters.load_all()
    in_flight = characters.get("keeper")
    (folder / "core.yaml").write_text("purpose: new\n")

    assert (await characters.reload("Keeper")).core.purpose == "new"
    assert characters.get("keeper").core.purpose == "new"
    assert in_flight.core.purpose == "old"


async def test_goals_and_facts_edited_or_removed_in_a_file_are_gone_after_the_reload(
    characters: Characters, make_character: MakeCharacter
) -> None:
    folder = make_character(
        files={
            "goals.yaml": "goals:\n - {slug: a, description: old wish}\n",
            "background.yaml": "facts:\n - {predicate: HAS, object: a cat}\n - {predicate: HAS, object: a boat}\n",
        }
    )
    characters.load_all()
    (folder / "goals.yaml").write_text("goals:\n - {slug: a, description: new wish}\n")
    (folder / "background.yaml").write_text("facts:\n - {predicate: HAS, object: a boat}\n")
    reloaded = await characters.reload("keeper")

    assert [goal.description for goal in reloaded.goals] == ["new wish"]
    assert [fact.object for fact in reloaded.background.facts] == ["a boat"]


async def test_a_broken_file_keeps_the_last_good_version_and_says_where(
    characters: Characters, make_character: MakeCharacter
) -> None:
    folder = make_character(files={"core.yaml": "purpose: good\n"})
    characters.load_all()
    good = characters.get("keeper")
    (folder / "core.yaml").write_text("anchors: []\npurpose: [oops\n")

    with capture_logs() as logs:
        await characters.refresh()
        await characters.refresh()
    assert characters.get("keeper") is good
    (problem,) = characters.problems()
    assert (problem.character, problem.file, problem.line, problem.severity) == (
        "keeper",
        "core.yaml",
        3,
        Severity.ERROR,
    )
    (logged,) = [entry for entry in logs if entry["event"] == "character_broken"]
    assert (logged["file"], logged["line"], logged["keeps_last_good"]) == ("core.yaml", 3, True)
    with pytest.raises(BrokenCharacter, match=r"core\.yaml:3"):
        await characters.reload("keeper")

    (folder / "core.yaml").write_text("purpose: good\n")
    await characters.refresh()
    assert characters.problems() == []
    assert characters.get("keeper") is good


async def test_one_broken_folder_does_not_keep_the_others_from_loading(
    characters: Characters, make_character: MakeCharacter
) -> None:
    make_character("broken", {"core.yaml": "drives: 5\n"})
    make_character("empty", {"character.md": None})
    make_character("good")
    make_character("bad name")
    make_character(".git")
    make_character("_drafts")
    characters.load_all()

    assert characters.names() == ("good",)
    assert [(problem.character, problem.file) for problem in characters.problems()] == [
        ("bad name", ""),
        ("broken", "core.yaml"),
        ("empty", "character.md"),
    ]
    with pytest.raises(CharacterNotFound):
        characters.get("broken")


async def test_two_folders_of_one_name_are_a_problem(characters: Characters, make_character: MakeCharacter) -> None:
    make_character("Ada", {"character.md": "first"})
    make_character("ada", {"character.md": "second"})
    characters.load_all()
    assert characters.get("ada").text == "first"
    assert "two folders" in characters.problems()[0].text


async def test_a_folder_linked_from_elsewhere_is_refused(tmp_path: Path, make_character: MakeCharacter) -> None:
    elsewhere = make_character("elsewhere")
    inside = tmp_path / "characters"
    inside.mkdir()
    (inside / "guest").symlink_to(elsewhere)
    characters = Characters(inside)
    characters.load_all()
    assert characters.names() == ()
    assert "link" in characters.problems()[0].text


async def test_the_log_tells_of_new_changed_and_removed_characters_only(
    characters: Characters, make_character: MakeCharacter
) -> None:
    make_character("still")
    folder = make_character("keeper")
    characters.load_all()
    with capture_logs() as logs:
        (folder / "character.md").write_text("Another lighthouse.")
        make_character("newcomer", {"character.md": "Hello."})
        await characters.refresh()
        shutil.rmtree(folder)
        await characters.refresh()

    changed = [(line["character"], line["version"] is None) for line in logs if line["event"] == "character_changed"]
    assert changed == [("keeper", False), ("newcomer", False), ("keeper", True)]
    assert characters.names() == ("newcomer", "still")


async def test_unknown_keys_show_as_warnings(characters: Characters, make_character: MakeCharacter) -> None:
    make_character(files={"core.yaml": "colour: blue\n"})
    characters.load_all()
    (problem,) = characters.problems()
    assert (problem.file, problem.line, problem.key, problem.severity) == ("core.yaml", 1, "colour", Severity.WARNING)


async def test_a_characters_folder_that_vanishes_is_a_problem_and_silences_nobody(tmp_path: Path) -> None:
    nowhere = Characters(tmp_path / "nowhere")
    nowhere.load_all()
    assert nowhere.names() == ()
    assert "cannot be read" in nowhere.problems()[0].text

    (tmp_path / "nowhere" / "ada").mkdir(parents=True)
    (tmp_path / "nowhere" / "ada" / "character.md").write_text("You are Ada.")
    await nowhere.refresh()
    assert (nowhere.names(), nowhere.problems()) == (("ada",), [])
    (tmp_path / "nowhere").rename(tmp_path / "away")
    await nowhere.refresh()
    assert nowhere.names() == ("ada",)
