"""Reads the bytes of a character folder, and only those: names, links, sizes and encoding are checked here.

What the texts mean is the loader's business.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from src_v2.characters.problems import BrokenCharacter, Problem, Severity

CHARACTER_FILE = "character.md"
VISUAL_FILE = "visual.md"
YAML_FILES = ("core.yaml", "ux.yaml", "evolution.yaml", "goals.yaml", "background.yaml", "lurk_triggers.yaml")
READ_FILES = (CHARACTER_FILE, VISUAL_FILE, *YAML_FILES)
LOREBOOK_FILE = "lorebook.json"
CARD_FILE = "card.json"
JSON_FILES = (LOREBOOK_FILE, CARD_FILE)
AVATAR_FILE = "avatar.png"

MAX_FILE_BYTES = 256 * 1024  # some fifty times a rich file: only a mistake is larger

MAX_JSON_FILE_BYTES = 20 * 2**20  # the largest card that is imported

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class FolderContent:
    """The texts and the JSON of one folder, by file name, and the hash of it all, the picture included."""

    name: str
    files: Mapping[str, str]
    version: str
    data: Mapping[str, bytes] = field(default_factory=dict)


def is_plain_name(name: str) -> bool:
    """Say whether `name` can name a character: letters, digits, `-` and `_`, at most 64 of them."""
    return _PLAIN_NAME.fullmatch(name) is not None


def name_of(folder: Path) -> str:
    """Return the character's name: the folder's name in lower case."""
    return (folder.name or folder.resolve().name).lower()


def display_name(name: str) -> str:
    """Return how a character's name is written for people: `old-tom` is "Old Tom"."""
    return re.sub(r"[-_]+", " ", name).strip().title()


def character_folders(parent: Path) -> Iterator[Path]:
    """Yield the folders inside `parent` in order of name; those that begin with `.` or `_` are no characters."""
    for folder in sorted(parent.iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            yield folder


def read_folder(folder: Path) -> FolderContent:
    """Read the files of one character.

    Raises BrokenCharacter when the name is not plain, character.md is missing, or a file leads out of the folder,
    is too large, or is not UTF-8 text.
    """
    name = name_of(folder)
    if not is_plain_name(name):
        text = "a character folder is named with letters, digits, - and _ only: rename it"
        raise BrokenCharacter((Problem(name, "", 0, "", text),))
    if not (folder / CHARACTER_FILE).exists():
        what = "is missing: write who the character is into it" if folder.is_dir() else "is missing: there is no folder"
        raise BrokenCharacter((Problem(name, CHARACTER_FILE, 0, "", what),))
    raw = {file: read_bytes(folder, file) for file in READ_FILES if (folder / file).exists()}
    files = {file: _decode(name, file, data) for file, data in raw.items()}
    data = {file: read_bytes(folder, file, MAX_JSON_FILE_BYTES) for file in JSON_FILES if (folder / file).exists()}
    return FolderContent(name, files, _hash({**raw, **data, **_avatar(folder)}), data)


def refuse_link_out(folder: Path, parent: Path) -> None:
    """Raise BrokenCharacter when `folder`, found inside `parent`, is a link to a place outside of it."""
    if not folder.resolve().is_relative_to(parent.resolve()):
        text = "is a link that leaves the characters folder: copy the folder instead"
        raise BrokenCharacter((Problem(name_of(folder), "", 0, "", text),))


def unread_files(folder: Path) -> list[Problem]:
    """Return a warning for each file that looks like ours and that nobody reads, such as a misspelt name."""
    name = name_of(folder)
    others = sorted(path.name for path in folder.iterdir() if path.suffix in {".yaml", ".yml", ".md"})
    text = "nobody reads a file of this name: " + ", ".join(READ_FILES) + " are read"
    ignored = {*READ_FILES, "README.md"}
    return [Problem(name, other, 0, "", text, Severity.WARNING) for other in others if other not in ignored]


def read_bytes(folder: Path, file: str, limit: int = MAX_FILE_BYTES) -> bytes:
    """Return a file of the folder. Raises BrokenCharacter when it leads out, is no file, or is larger than `limit`."""
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise _broken(folder, file, "is a link that leaves the character's folder: copy the file instead")
    if not path.is_file():
        raise _broken(folder, file, "is not a plain file")
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise _broken(folder, file, f"cannot be read: {error.strerror}") from error
    if len(data) > limit:
        raise _broken(folder, file, f"is larger than {limit // 1024} KiB")
    return data


def _avatar(folder: Path) -> Mapping[str, bytes]:
    """Return what tells one picture from another: a picture is no reason not to load a character."""
    try:
        return {AVATAR_FILE: hashlib.sha256(read_bytes(folder, AVATAR_FILE, MAX_JSON_FILE_BYTES)).digest()}
    except BrokenCharacter:
        return {}


def _broken(folder: Path, file: str, text: str) -> BrokenCharacter:
    return BrokenCharacter((Problem(name_of(folder), file, 0, "", text),))


def _decode(name: str, file: str, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BrokenCharacter((Problem(name, file, line, "", "is not UTF-8 text: save it as UTF-8"),)) from error


def _hash(raw: Mapping[str, bytes]) -> str:
    digest = hashlib.sha256()
    for file in sorted(raw):
        digest.update(f"{file}\0{len(raw[file])}\0".encode())
        digest.update(raw[file])
    return digest.hexdigest()[:16]
