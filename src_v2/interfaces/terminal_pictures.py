"""`/picture FILE [words]`: reads a picture of whoever sits at the keyboard. It is opened elsewhere."""

import asyncio
from pathlib import Path

from src_v2.core.errors import RefusedInput
from src_v2.interfaces.web.client import PictureFile
from src_v2.media.pictures import MOST_BYTES_IN, TOO_LARGE

COMMAND = "/picture"
PICTURE_HELP = "/picture FILE send a picture; words behind it go along (quotes around a name with spaces)"
USAGE = "say which one: /picture FILE [words]"


async def read_command(line: str) -> tuple[str, PictureFile]:
    """Return the words and the picture that a `/picture` line names; raises RefusedInput."""
    path, words = _parts(line.removeprefix(COMMAND).strip())
    return words, await asyncio.to_thread(_read, path)


def _parts(rest: str) -> tuple[Path, str]:
    """Return the path, which may stand in quotes, and the words behind it as they were typed."""
    if rest[:1] in {"'", '"'} and rest.find(rest[0], 1) > 0:
        end = rest.index(rest[0], 1)
        name, words = rest[1:end], rest[end + 1 :]
    else:
        name, _, words = rest.partition(" ")
    if not name:
        raise RefusedInput(USAGE)
    return Path(name).expanduser(), words.strip()


def _read(path: Path) -> PictureFile:
    try:
        if not path.is_file():
            raise RefusedInput(f"there is no file {path}")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES_IN + 1)
    except OSError as error:
        raise RefusedInput(f"{path} cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES_IN:
        raise RefusedInput(TOO_LARGE)
    return PictureFile(path.name, data)
