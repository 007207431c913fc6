"""Looks at one character folder the way an editor would: what is broken, what has no effect, what could be better.

Not needed to run a character; `whisperengine character check` and `doctor` show what is found here.
"""

from collections.abc import Iterator
from pathlib import Path

from src_v2.characters.cards import png
from src_v2.characters.evolution import MOODS, TRUST_MAX, TRUST_MIN
from src_v2.characters.folder import AVATAR_FILE, CHARACTER_FILE, is_plain_name, name_of, read_bytes, unread_files
from src_v2.characters.loader import load_character
from src_v2.characters.models import Character
from src_v2.characters.placeholders import PLACEHOLDERS, words_in_braces
from src_v2.characters.problems import BrokenCharacter, Problem, Severity
from src_v2.characters.service import warnings_of
from src_v2.core.errors import RefusedInput

THIN_WORDS = 120  # with fewer, models fall back on their own manner of speaking

_NO_MOOD = "no such mood comes; there are " + ", ".join(MOODS)


def check_character(target: str | Path, characters: Path = Path("characters")) -> list[Problem]:
    """Return what there is to say about a character: a name below `characters`, or any folder. Blocking.

    Errors come first, then warnings, then hints; an empty list means that there is nothing to say.
    """
    folder = find_folder(target, characters)
    try:
        character = load_character(folder)
    except BrokenCharacter as broken:
        unread = unread_files(folder) if folder.is_dir() else []
        return [*broken.problems, *unread]
    found = [*warnings_of(character), *unread_files(folder), *_avatar(character, folder)]
    for look in (_text, _core, _stages, _traits_and_moods, _trust, _goals, _reactions):
        found += look(character)
    return sorted(found, key=lambda problem: list(Severity).index(problem.severity))


def find_folder(target: str | Path, characters: Path) -> Path:
    """Return the folder meant by `target`: a character's name in any case, or else a path."""
    name = str(target).lower()
    if is_plain_name(name) and characters.is_dir():
        for folder in sorted(characters.iterdir()):
            if folder.is_dir() and name_of(folder) == name:
                return folder
    path = Path(target)
    return path if path.is_dir() else characters / path


def _warning(character: Character, file: str, key: str, text: str, line: int = 0) -> Problem:
    return Problem(character.name, file, line, key, text, Severity.WARNING)


def _hint(character: Character, file: str, key: str, text: str) -> Problem:
    return Problem(character.name, file, 0, key, text, Severity.HINT)


def _avatar(character: Character, folder: Path) -> Iterator[Problem]:
    if not (folder / AVATAR_FILE).exists():
        return
    try:
        png.read_chunks(read_bytes(folder, AVATAR_FILE, png.MAX_PNG_BYTES))
    except BrokenCharacter as broken:
        yield _warning(character, AVATAR_FILE, "", broken.problems[0].text)
    except RefusedInput as refused:
        yield _warning(character, AVATAR_FILE, "", f"cannot be used: {refused}")


def _text(character: Character) -> Iterator[Problem]:
    words = len(character.text.split())
    if words < THIN_WORDS:
        text = f"has only {words} words: say how the character speaks, what it cares about and what it never does"
        yield _hint(character, CHARACTER_FILE, "", text)
    for line, word in words_in_braces(character.text):
        if word not in PLACEHOLDERS:
            text = "is no placeholder and stays as it is; there are: " + ", ".join(sorted(PLACEHOLDERS))
            yield _warning(character, CHARACTER_FILE, f"{{{word}}}", text, line)
    if "## Sample lines" not in character.text:
        text = "has no section '## Sample lines': without a model the character has nothing of its own to say"
        yield _hint(character, CHARACTER_FILE, "", text)


def _core(character: Character) -> Iterator[Problem]:
    core = character.core
    for name, weight in core.drives.items():
        if not 0 <= weight <= 1:
            yield _warning(character, "core.yaml", f"drives.{name}", "is not between 0 and 1")
    if not core.constitution:
        yield _hint(character, "core.yaml", "constitution", "is missing: say what the character never does")
    if core.timezone.key == "UTC":
        text = "is missing: give the character's own, such as Europe/Lisbon (or Etc/UTC when that is meant)"
        yield _hint(character, "core.yaml", "timezone", text)
    if core.social_battery_limit < 1:
        yield _warning(character, "core.yaml", "social_battery_limit", "is below 1: it would never speak first")


def _stages(character: Character) -> Iterator[Problem]:
    key, file = "evolution_stages", "evolution.yaml"
    covered = TRUST_MIN - 1
    for stage in sorted(character.evolution.stages, key=lambda stage: (stage.trust_min, stage.trust_max)):
        if stage.trust_min > stage.trust_max:
            yield _warning(character, file, key, f"'{stage.name}' ends before it begins: write [lowest, highest]")
            continue
        if stage.trust_min <= covered:
            yield _warning(character, file, key, f"'{stage.name}' overlaps another stage; the first in the file wins")
        elif stage.trust_min > covered + 1:
            gap = f"{covered + 1}..{stage.trust_min - 1}"
            yield _warning(character, file, key, f"no stage covers trust {gap}; the one below holds on")
        covered = max(covered, stage.trust_max)
    if covered < TRUST_MAX:
        yield _warning(character, file, key, f"no stage covers trust {covered + 1}..{TRUST_MAX}; the last one holds on")
    if covered > TRUST_MAX or any(stage.trust_min < TRUST_MIN for stage in character.evolution.stages):
        yield _warning(character, file, key, f"trust lies between {TRUST_MIN} and {TRUST_MAX}")


def _traits_and_moods(character: Character) -> Iterator[Problem]:
    evolution = character.evolution
    names = [trait.name for trait in evolution.traits]
    for trait in evolution.traits:
        if not TRUST_MIN <= trait.unlock_at <= TRUST_MAX:
            yield _warning(character, "evolution.yaml", "traits", f"'{trait.name}' unlocks at a trust nobody can have")
        for mood_name in (name for name in trait.suppress_on_mood if name.casefold() not in MOODS):
            yield _warning(
                character, "evolution.yaml", "traits", f"'{trait.name}' is not shown when '{mood_name}': {_NO_MOOD}"
            )
    for mood in evolution.moods:
        if mood.name.casefold() not in MOODS:
            yield _warning(character, "evolution.yaml", "moods", f"'{mood.name}': {_NO_MOOD}")
        for unknown in (name for name in mood.modifiers if name not in names):
            text = f"the mood '{mood.name}' changes '{unknown}', and there is no such trait"
            yield _warning(character, "evolution.yaml", "moods", text)


def _trust(character: Character) -> Iterator[Problem]:
    levels = [milestone.trust_level for milestone in character.evolution.milestones]
    for level in sorted({level for level in levels if levels.count(level) > 1}):
        text = f"two have the level {level}; the first in the file is said"
        yield _warning(character, "evolution.yaml", "milestones", text)
    for special in character.evolution.special_users:
        trust = special.trust_override
        if trust is not None and not TRUST_MIN <= trust <= TRUST_MAX:
            text = f"trust_override {trust} counts as the nearest of {TRUST_MIN}..{TRUST_MAX}"
            yield _warning(character, "evolution.yaml", "special_users", text)


def _goals(character: Character) -> Iterator[Problem]:
    slugs = [goal.slug for goal in character.goals]
    for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
        yield _warning(character, "goals.yaml", "goals", f"the slug '{slug}' is used more than once")


def _reactions(character: Character) -> Iterator[Problem]:
    reactions = character.ux.reactions
    for key in ("base_rate", "topic_boost"):
        if not 0 <= getattr(reactions, key) <= 1:
            yield _warning(character, "ux.yaml", f"reactions.{key}", "is not between 0 and 1")
    shortest, longest = reactions.reaction_delay_seconds
    if not 0 <= shortest <= longest:
        text = "write [shortest, longest] in seconds, neither below 0"
        yield _warning(character, "ux.yaml", "reactions.reaction_delay_seconds", text)
