"""`character check` says what is broken, what has no effect and what could be better, in that order."""

from pathlib import Path

import pytest

from src_v2.characters.check import check_character
from src_v2.characters.problems import Severity
from tests.unit.characters.conftest import EVERY_KEY, MakeCharacter

RICH_TEXT = "You keep a lighthouse and talk about the sea. " * 15 + "\n## Sample lines\n"


def findings(folder: Path, severity: Severity) -> list[tuple[str, str]]:
    return [(found.file, found.key) for found in check_character(folder) if found.severity is severity]


def test_a_sound_folder_has_nothing_to_say(make_character: MakeCharacter) -> None:
    assert check_character(make_character(files={**EVERY_KEY, "character.md": RICH_TEXT})) == []


def test_a_bare_folder_gets_hints_and_no_errors(make_character: MakeCharacter) -> None:
    folder = make_character()
    assert findings(folder, Severity.ERROR) == []
    assert findings(folder, Severity.HINT) == [
        ("character.md", ""),
        ("character.md", ""),
        ("core.yaml", "constitution"),
        ("core.yaml", "timezone"),
    ]


def test_errors_and_misnamed_files_are_found_together(make_character: MakeCharacter) -> None:
    folder = make_character(files={"core.yaml": "drives: 5\n", "goal.yaml": "goals: []\n", "ux.yml": "x: y\n"})
    assert findings(folder, Severity.ERROR) == [("core.yaml", "drives")]
    assert findings(folder, Severity.WARNING) == [("goal.yaml", ""), ("ux.yml", "")]


def test_a_missing_folder_is_an_error_with_the_remedy(tmp_path: Path) -> None:
    (problem,) = check_character("nobody", tmp_path)
    assert problem.severity is Severity.ERROR
    assert "there is no folder" in problem.text


def test_a_name_is_found_in_any_case_and_a_path_anywhere(make_character: MakeCharacter, tmp_path: Path) -> None:
    folder = make_character("Keeper", {"core.yaml": "timezone: Moon\n"})
    by_name = check_character("keeper", tmp_path)
    assert [(problem.file, problem.line) for problem in by_name] == [("core.yaml", 1)]
    assert check_character(str(folder), Path("/nonexistent")) == by_name


@pytest.mark.parametrize(
    ("file", "text", "key"),
    [
        ("core.yaml", "drives: {greed: 1.2}\n", "drives.greed"),
        ("core.yaml", "drives: {greed: -0.1}\n", "drives.greed"),
        ("core.yaml", "social_battery_limit: 0\n", "social_battery_limit"),
        ("core.yaml", "colour: blue\n", "colour"),
        ("ux.yaml", "reactions: {base_rate: 30}\n", "reactions.base_rate"),
        ("ux.yaml", "reactions: {reaction_delay_seconds: [9, 2]}\n", "reactions.reaction_delay_seconds"),
        ("evolution.yaml", "traits: [{name: wit, unlock_at: 130}]\n", "traits"),
        ("evolution.yaml", 'moods: [{name: happy, modifiers: {wit: "+10%"}}]\n', "moods"),
        ("evolution.yaml", "moods: [{name: sad}]\n", "moods"),
        ("evolution.yaml", "traits: [{name: wit, suppress_on_mood: [gloomy]}]\n", "traits"),
        ("evolution.yaml", "milestones: [{trust_level: 5, message: a}, {trust_level: 5, message: b}]\n", "milestones"),
        ("evolution.yaml", 'special_users: [{discord_id: "1", trust_override: 300}]\n', "special_users"),
        ("goals.yaml", "goals: [{slug: a, description: b}, {slug: a, description: c}]\n", "goals"),
    ],
)
def test_what_loads_and_is_odd_is_a_warning(make_character: MakeCharacter, file: str, text: str, key: str) -> None:
    assert findings(make_character(files={file: text}), Severity.WARNING) == [(file, key)]


@pytest.mark.parametrize(
    ("ranges", "says"),
    [
        ([(-100, 0), (0, 100)], "overlaps"),
        ([(-100, 0), (5, 100)], "1..4"),
        ([(-90, 100)], "-100..-91"),
        ([(-100, 90)], "91..100"),
        ([(-100, 100), (30, 20)], "ends before it begins"),
        ([(-100, 120)], "between -100 and 100"),
    ],
)
def test_gaps_and_overlaps_of_stages_are_found(
    make_character: MakeCharacter, ranges: list[tuple[int, int]], says: str
) -> None:
    stages = "".join(f" - {{name: s, trust_range: [{low}, {high}]}}\n" for low, high in ranges)
    folder = make_character(files={"evolution.yaml": f"evolution_stages:\n{stages}"})
    (warning,) = [found for found in check_character(folder) if found.severity is Severity.WARNING]
    assert says in warning.text


def test_a_misspelt_placeholder_is_found_with_its_line(make_character: MakeCharacter) -> None:
    folder = make_character(files={"character.md": "Hello {user_name}.\nIt is {current_time}."})
    (warning,) = [found for found in check_character(folder) if found.severity is Severity.WARNING]
    assert (warning.file, warning.line, warning.key) == ("character.md", 2, "{current_time}")
