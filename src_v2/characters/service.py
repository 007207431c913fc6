"""The characters of this process: what is loaded, what is wrong, and how a saved file takes effect.

`get` returns a snapshot: a turn in flight keeps the version it started with. Not for watching the disk; `watcher`
does that and calls `refresh`.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import structlog

from src_v2.characters.folder import character_folders, name_of, read_folder, refuse_link_out
from src_v2.characters.loader import parse_character
from src_v2.characters.models import Character
from src_v2.characters.problems import BrokenCharacter, Problem, Severity
from src_v2.core.errors import CharacterNotFound

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Seen:
    """One folder as it was last read: the version of its files, the last good character, what is wrong now."""

    version: str
    character: Character | None
    errors: tuple[Problem, ...] = ()


class Characters:
    """All characters in one folder. Call everything but `load_all` from the event loop."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: Mapping[str, _Seen] = MappingProxyType({})
        self._folder_problems: tuple[Problem, ...] = ()
        self._one_at_a_time = asyncio.Lock()

    def load_all(self) -> None:
        """Read every character. Blocking: for the start, before the event loop or off it.

        A broken character is logged and listed in `problems`; it does not keep the others from loading.
        """
        self._take_over(*self._read_all())

    async def refresh(self) -> None:
        """Read again what changed on disk: new folders appear, removed ones go, broken files change nothing."""
        async with self._one_at_a_time:
            self._take_over(*await asyncio.to_thread(self._read_all))

    async def reload(self, name: str) -> Character:
        """Read again what changed and return the current version of `name`.

        Raises BrokenCharacter when its files are wrong (the last good version stays in use), CharacterNotFound when
        there is no such folder.
        """
        await self.refresh()
        seen = self._seen.get(name.lower())
        if seen is not None and seen.errors:
            raise BrokenCharacter(seen.errors)
        return self.get(name)

    def get(self, name: str) -> Character:
        """Return the current version of `name`, in any case. Raises CharacterNotFound."""
        seen = self._seen.get(name.lower())
        if seen is None or seen.character is None:
            raise CharacterNotFound(
                f"no character of that name is loaded; there are: {', '.join(self.names()) or 'none'}"
            )
        return seen.character

    def names(self) -> tuple[str, ...]:
        """Return the names of all characters that can speak, sorted."""
        return tuple(sorted(name for name, seen in self._seen.items() if seen.character is not None))

    def problems(self) -> list[Problem]:
        """Return what is wrong with the folders now: errors, then keys and files without effect."""
        seen = [self._seen[name] for name in sorted(self._seen)]
        errors = [problem for one in seen for problem in one.errors]
        warnings = [problem for one in seen if one.character is not None for problem in warnings_of(one.character)]
        return [*self._folder_problems, *errors, *warnings]

    def _read_all(self) -> tuple[dict[str, _Seen], tuple[Problem, ...]]:
        found: dict[str, _Seen] = {}
        problems = []
        try:
            folders = list(character_folders(self.folder))
        except OSError:
            text = "the characters folder cannot be read: make it, or point the setting at another"
            return dict(self._seen), (Problem(self.folder.name, "", 0, "", text),)
        for folder in folders:
            name = name_of(folder)
            if name in found:
                problems.append(Problem(name, "", 0, "", "two folders have this name: rename one of them"))
                continue
            found[name] = self._read_one(folder, self._seen.get(name))
        return found, tuple(problems)

    def _read_one(self, folder: Path, before: _Seen | None) -> _Seen:
        version = ""
        try:
            refuse_link_out(folder, self.folder)
            content = read_folder(folder)
            version = content.version
            if before is not None and before.version == version:
                return before
            if before is not None and before.character is not None and before.character.version == version:
                return _Seen(version, before.character)  # a mistake was taken back
            return _Seen(version, parse_character(content))
        except BrokenCharacter as broken:
            last_good = before.character if before is not None else None
            return _Seen(version, last_good, broken.problems)

    def _take_over(self, found: dict[str, _Seen], folder_problems: tuple[Problem, ...]) -> None:
        before, self._seen = self._seen, MappingProxyType(found)
        if folder_problems != self._folder_problems:
            _log_errors(folder_problems, keeps_last_good=True)
        self._folder_problems = folder_problems
        for name in sorted({*before, *found}):
            self._report(name, before.get(name), found.get(name))

    def _report(self, name: str, before: _Seen | None, after: _Seen | None) -> None:
        errors = after.errors if after is not None else ()
        if errors and (before is None or before.errors != errors):
            _log_errors(errors, keeps_last_good=after is not None and after.character is not None)
        was = before.character if before is not None else None
        now = after.character if after is not None else None
        if was is not now:
            log.info("character_changed", character=name, version=now.version if now else None)


def warnings_of(character: Character) -> list[Problem]:
    """Return what was noticed while `character` was loaded and does not keep it from speaking."""
    text = "nobody reads this key; it is kept and has no effect"
    unknown = [
        Problem(character.name, key.file, key.line, key.key, text, Severity.WARNING) for key in character.unknown_keys
    ]
    return [*character.warnings, *unknown]


def _log_errors(errors: tuple[Problem, ...], *, keeps_last_good: bool) -> None:
    for problem in errors:
        log.warning(
            "character_broken",
            character=problem.character,
            file=problem.file,
            line=problem.line,
            key=problem.key,
            problem=problem.text,
            keeps_last_good=keeps_last_good,
        )
