"""A character folder is read: every key counts, everything has a default, every mistake has an address."""

from pathlib import Path

import pytest

from src_v2.characters.evolution import DEFAULT_STAGES
from src_v2.characters.loader import load_character
from src_v2.characters.models import Core, Indicator, LurkTriggers, Ux
from src_v2.characters.problems import BrokenCharacter, Problem, Severity
from src_v2.core.errors import CharacterError
from tests.unit.characters.conftest import EVERY_KEY, MakeCharacter


def broken(folder: Path) -> list[tuple[str, int, str]]:
    """Load a folder that must be refused and say where its mistakes are."""
    with pytest.raises(BrokenCharacter) as refused:
        load_character(folder)
    return [(problem.file, problem.line, problem.key) for problem in refused.value.problems]


def test_only_character_md_is_needed(make_character: MakeCharacter) -> None:
    character = load_character(make_character("Old-Tom"))

    assert (character.name, character.display_name) == ("old-tom", "Old Tom")
    assert character.text == "You keep a lighthouse."
    assert character.core == Core()
    assert character.core.timezone.key == "UTC"
    assert character.core.social_battery_limit == 5
    assert character.ux == Ux()
    assert character.ux.error_messages
    assert character.ux.cold_responses
    assert character.ux.manipulation_responses
    assert character.ux.thinking_indicators.reflective_mode.text
    assert character.evolution.stages == DEFAULT_STAGES
    assert character.goals == ()
    assert character.lurk_triggers == LurkTriggers()


def test_every_key_of_every_file_is_read(make_character: MakeCharacter) -> None:
    character = load_character(make_character(files=dict(EVERY_KEY)))

    assert character.unknown_keys == ()
    assert character.warnings == ()
    assert character.visual == "A thin old man in oilskins."


def test_core_yaml(make_character: MakeCharacter) -> None:
    core = load_character(make_character(files=dict(EVERY_KEY))).core

    assert core.purpose == "To keep the light burning."
    assert dict(core.drives) == {"curiosity": 0.8, "patience": 1.0}
    assert core.constitution == ("Never leave the lamp", "Say that you are an AI when asked")
    assert core.timezone.key == "Atlantic/Reykjavik"
    assert core.anchors == ("I am the keeper",)
    assert core.social_battery_limit == 7


def test_ux_yaml(make_character: MakeCharacter) -> None:
    ux = load_character(make_character(files=dict(EVERY_KEY))).ux

    assert ux.thinking_indicators.reflective_mode == Indicator("🌫️", "looks into the fog")
    assert ux.thinking_indicators.tool_use == Indicator("🔭", "looks through the glass")
    assert (ux.voice.voice_id, ux.voice.model_id, ux.voice.intro_template) == ("v-1", "m-1", "Ahoy")
    assert ux.cold_responses == ("The door is shut.",)
    assert ux.error_messages == ("The lamp went out.",)
    assert ux.manipulation_responses == ("No ship answers to that.",)
    assert dict(ux.emoji_sets) == {"sea": ("🌊", "⛵"), "sky": ("⭐",)}
    reactions = ux.reactions
    assert reactions.enabled
    assert (reactions.base_rate, reactions.topic_boost) == (0.3, 0.25)
    assert reactions.reaction_delay_seconds == (2.0, 8.5)
    assert (reactions.positive_emojis, reactions.thinking_emojis) == (("🙂",), ("🤔",))
    assert (reactions.excitement_emojis, reactions.supportive_emojis) == (("🤩",), ("🫂",))
    assert (reactions.signature_emojis, reactions.agreement_emojis) == (("🗼",), ("👍",))


def test_evolution_yaml(make_character: MakeCharacter) -> None:
    evolution = load_character(make_character(files=dict(EVERY_KEY))).evolution

    assert [(stage.name, stage.trust_min, stage.trust_max) for stage in evolution.stages] == [
        ("Fog", -100, -1),
        ("Clear", 0, 100),
    ]
    assert evolution.stages[0].behavior == "Speak little."
    trait = evolution.traits[0]
    assert (trait.name, trait.unlock_at, trait.suppress_on_mood) == ("tall tales", 30, ("annoyed",))
    assert (trait.description, trait.example) == ("Exaggerates.", "A wave as high as two.")
    assert (evolution.milestones[0].trust_level, evolution.milestones[0].message) == (41, "You may climb the tower.")
    assert evolution.moods[0].name == "happy"
    assert dict(evolution.moods[0].modifiers) == {"tall tales": 0.3}
    drop = evolution.trust_drop_messages[0]
    assert (drop.from_min, drop.to_max, drop.message) == (20, 0, "The fog is back.")
    special = evolution.special_users[0]
    assert (special.discord_id, special.display_name, special.tier) == ("123456789012345678", "The Builder", "1")
    assert (special.trust_override, special.note) == (90, "built it")
    boost, penalty = evolution.positive_triggers[0], evolution.negative_triggers[0]
    assert (boost.trigger, boost.change, boost.note) == ("brings oil", 3, "rare")
    assert (penalty.trigger, penalty.change, penalty.note) == ("throws stones", -4, "often")


def test_goals_background_and_lurk_triggers(make_character: MakeCharacter) -> None:
    character = load_character(make_character(files=dict(EVERY_KEY)))

    top = max(character.goals, key=lambda goal: goal.priority)
    assert (top.slug, top.description, top.success_criteria) == ("show", "show the lamp", "they look")
    assert (top.priority, top.category, top.source) == (9, "talk", "me")
    fact = character.background.facts[0]
    assert (fact.predicate, fact.object) == ("LIVES_IN", "a lighthouse")
    assert dict(fact.metadata) == {"since": 1987, "steps": [112, 113]}
    assert dict(character.background.posting) == {"enabled": False, "topics": ["weather"]}
    triggers = character.lurk_triggers
    assert (triggers.high_relevance, triggers.medium_relevance) == (("lighthouse",), ("ship",))
    assert (triggers.low_relevance, triggers.question_patterns) == (("sea",), ("who keeps .*",))


def test_keys_without_a_value_are_as_good_as_absent(make_character: MakeCharacter) -> None:
    files: dict[str, str | None] = {
        "core.yaml": "purpose:\ndrives:\nconstitution:\ntimezone:\nsocial_battery_limit:\n",
        "ux.yaml": "error_messages: []\nthinking_indicators:\n  tool_use:\n",
        "evolution.yaml": "evolution_stages:\ntraits: []\n",
        "goals.yaml": "# none yet\n",
    }
    character = load_character(make_character(files=files))

    assert (character.core, character.ux, character.goals) == (Core(), Ux(), ())
    assert character.evolution.stages == DEFAULT_STAGES


@pytest.mark.parametrize(
    ("file", "text", "line", "key"),
    [
        ("core.yaml", "purpose: a\ndrives:\n  curiosity: a lot\n", 3, "drives.curiosity"),
        ("core.yaml", "\n\ntimezone: Mars/Olympus\n", 3, "timezone"),
        ("core.yaml", "timezone: ../../etc/passwd\n", 1, "timezone"),
        ("core.yaml", "timezone: America\n", 1, "timezone"),
        ("core.yaml", "constitution:\n  - fine\n  - Never: lie\n", 3, "constitution[1]"),
        ("core.yaml", "anchors: just one\n", 1, "anchors"),
        ("core.yaml", "social_battery_limit: 2.5\n", 1, "social_battery_limit"),
        ("core.yaml", "drives:\n  curiosity: .nan\n", 2, "drives.curiosity"),
        ("core.yaml", "- purpose\n", 1, ""),
        ("ux.yaml", "thinking_indicators:\n  tool_use:\n    icon: 5\n", 3, "thinking_indicators.tool_use.icon"),
        ("ux.yaml", "reactions:\n  enabled: sometimes\n", 2, "reactions.enabled"),
        ("ux.yaml", "reactions:\n  reaction_delay_seconds: [1, 2, 3]\n", 2, "reactions.reaction_delay_seconds"),
        ("ux.yaml", "emoji_sets:\n  sea: wave\n", 2, "emoji_sets.sea"),
        (
            "evolution.yaml",
            "evolution_stages:\n  - name: A\n    trust_range: [0, x]\n",
            3,
            "evolution_stages[0].trust_range[1]",
        ),
        ("evolution.yaml", "evolution_stages:\n  - name: A\n", 2, "evolution_stages[0].trust_range"),
        ("evolution.yaml", "moods:\n  - name: happy\n    modifiers:\n      wit: lots\n", 4, "moods[0].modifiers.wit"),
        ("evolution.yaml", "traits:\n  - just a word\n", 2, "traits[0]"),
        ("goals.yaml", "goals:\n  - description: no slug\n", 2, "goals[0].slug"),
        ("background.yaml", "posting: daily\n", 1, "posting"),
        ("background.yaml", "facts:\n  - predicate: IS\n    object: [a]\n", 3, "facts[0].object"),
        ("lurk_triggers.yaml", "high_relevance:\n  - 5\n", 2, "high_relevance[0]"),
    ],
)
def test_a_wrong_value_names_file_line_and_key(
    make_character: MakeCharacter, file: str, text: str, line: int, key: str
) -> None:
    assert broken(make_character(files={file: text})) == [(file, line, key)]


def test_every_mistake_is_named_at_once_and_the_first_one_in_the_text(make_character: MakeCharacter) -> None:
    folder = make_character(files={"core.yaml": "purpose: [a]\nanchors: b\n", "goals.yaml": "goals: c\n"})

    with pytest.raises(
        CharacterError, match=r"keeper/core\.yaml:1: purpose: expected text, found a list \(and 2 more\)"
    ):
        load_character(folder)
    assert [file for file, _, _ in broken(folder)] == ["core.yaml", "core.yaml", "goals.yaml"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("purpose: fine\ndrives: [a\n", 3),
        ("purpose: fine\n\tdrives: 1\n", 2),
        ("a: &x [*x]\n", 1),
        ("purpose: ok\nanchors: [*nowhere]\n", 2),
        ("purpose: bell \x07\n", 1),
        ("[" * 5000, 0),
    ],
)
def test_what_is_not_sound_yaml_is_refused_with_its_line(make_character: MakeCharacter, text: str, line: int) -> None:
    ((file, at, key),) = broken(make_character(files={"core.yaml": text}))

    assert (file, key) == ("core.yaml", "")
    assert line in {at, 0}


def test_aliases_cannot_blow_up(make_character: MakeCharacter) -> None:
    lines = ["posting:", "  a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"  a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    ((file, _, _),) = broken(make_character(files={"background.yaml": "\n".join(lines)}))
    assert file == "background.yaml"


def test_tags_make_nothing_but_plain_text(make_character: MakeCharacter) -> None:
    text = "posting:\n  now: 2025-01-02\n  odd: !!python/object/apply:os.getcwd []\n  n: !!int soon\n"
    posting = load_character(make_character(files={"background.yaml": text})).background.posting
    assert dict(posting) == {"now": "2025-01-02", "odd": [], "n": "soon"}


def test_merge_keys_work_and_own_keys_win(make_character: MakeCharacter) -> None:
    text = "goals:\n  - &one {slug: a, description: x, priority: 3}\n  - {<<: *one, slug: b}\n"
    character = load_character(make_character(files={"goals.yaml": text}))
    assert [(goal.slug, goal.description, goal.priority) for goal in character.goals] == [("a", "x", 3), ("b", "x", 3)]
    assert character.warnings == ()


def test_unknown_keys_are_kept_and_reported_never_an_error(make_character: MakeCharacter) -> None:
    files: dict[str, str | None] = {
        "core.yaml": "purpose: x\nfavourite_colour: blue\n",
        "ux.yaml": "voice:\n  voice_id: v\n  pitch: 1.5\n",
        "evolution.yaml": "traits:\n  - name: t\n    weight: {a: [1]}\n",
    }
    character = load_character(make_character(files=files))

    assert [(key.file, key.line, key.key, key.value) for key in character.unknown_keys] == [
        ("core.yaml", 2, "favourite_colour", "blue"),
        ("ux.yaml", 3, "voice.pitch", 1.5),
        ("evolution.yaml", 3, "traits[0].weight", {"a": [1]}),
    ]


def test_a_key_written_twice_is_a_warning_and_the_last_one_counts(make_character: MakeCharacter) -> None:
    character = load_character(make_character(files={"core.yaml": "purpose: a\n\npurpose: b\n"}))

    assert character.core.purpose == "b"
    text = "this key was there before, on line 1; only the last one counts"
    assert character.warnings == (Problem("keeper", "core.yaml", 3, "purpose", text, Severity.WARNING),)


def test_character_md_must_be_there_and_say_something(make_character: MakeCharacter) -> None:
    assert broken(make_character(files={"character.md": None})) == [("character.md", 0, "")]
    assert broken(make_character("blank", {"character.md": " \n\n"})) == [("character.md", 1, "")]


def test_text_must_be_utf8_and_of_a_sane_size(make_character: MakeCharacter) -> None:
    folder = make_character()
    (folder / "character.md").write_bytes(b"one\ntwo \xff\n")
    assert broken(folder) == [("character.md", 2, "")]
    (folder / "character.md").write_text("x" * (256 * 1024 + 1))
    assert broken(folder) == [("character.md", 0, "")]


def test_windows_line_ends_and_byte_order_marks_do_not_matter(make_character: MakeCharacter) -> None:
    folder = make_character()
    (folder / "character.md").write_bytes(b"\xef\xbb\xbfYou are.\r\nHere.\r\n")
    (folder / "core.yaml").write_bytes(b"\xef\xbb\xbfpurpose: x\r\nanchors:\r\n- y\r\n")
    character = load_character(folder)
    assert (character.text, character.core.purpose, character.core.anchors) == ("You are.\nHere.", "x", ("y",))


def test_links_that_leave_the_folder_are_refused(make_character: MakeCharacter, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("purpose: leaked\n")
    folder = make_character()
    (folder / "core.yaml").symlink_to(tmp_path / "secret.yaml")
    assert broken(folder) == [("core.yaml", 0, "")]


@pytest.mark.parametrize("name", ["two words", "ünder", "a.b", "-dash", "x" * 65])
def test_folders_with_other_than_plain_names_are_refused(make_character: MakeCharacter, name: str) -> None:
    assert broken(make_character(name)) == [("", 0, "")]


def test_the_version_follows_the_content(make_character: MakeCharacter) -> None:
    folder = make_character(files={"core.yaml": "purpose: a\n"})
    first = load_character(folder).version
    assert load_character(folder).version == first
    (folder / "core.yaml").write_text("purpose: b\n")
    assert load_character(folder).version != first
