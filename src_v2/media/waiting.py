"""Pictures that wait to be described: private files, one per message, gone as soon as that is done.

The first line of a file says whose it is, each line after that holds one picture. So a crash loses nothing, and a
person's files can be found without opening anything else.
"""

import asyncio
import base64
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import structlog

from src_v2.core.audience import Audience, Visibility
from src_v2.core.filters import matches
from src_v2.core.holdings import Records
from src_v2.core.jobs import Json
from src_v2.core.messages import IncomingMessage
from src_v2.core.pictures import Picture
from src_v2.core.scope import Scope

log = structlog.get_logger(__name__)

FOLDER = "pictures"
MODE = 0o600
ENDING = ".jsonl"
DRAFT = ".draft"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The pictures of one message, and in front of whom they were shown."""

    audience: Audience
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Label:
    """Whose a file is, as far as scopes ask: the fields of its first line."""

    message_id: str
    fields: dict[str, Any]

    @property
    def at(self) -> datetime:
        """When the message was sent."""
        return datetime.fromtimestamp(self.fields["created_at"] / 1000, UTC)


class PictureFiles:
    """The files, and what is held of people in them."""

    covers = frozenset((f"file:{FOLDER}/",))

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / FOLDER

    async def put(self, message: IncomingMessage) -> None:
        """Keep the pictures of a message; they are on disk when this returns. Raises OSError."""
        await asyncio.to_thread(self._put, message)

    async def get(self, message_id: str) -> Waiting | None:
        """Return what is kept of a message; a file that the disk broke is removed. Raises OSError."""
        return await asyncio.to_thread(self._get, message_id)

    async def drop(self, message_id: str) -> None:
        """Remove what is kept of a message."""
        await asyncio.to_thread(self._path(message_id).unlink, missing_ok=True)

    async def tidy(self) -> None:
        """Remove what a crash left half written; called before anything is written."""
        await asyncio.to_thread(self._tidy)

    async def labels(self) -> list[Label]:
        """Return whose pictures wait."""
        return await asyncio.to_thread(self._labels)

    async def export(self, user_id: str) -> Records:
        """Return the pictures of a person that were not described yet."""
        mine = [label.message_id for label in await self.labels() if label.fields.get("user_id") == user_id]
        held = [(message_id, await self.get(message_id)) for message_id in mine]
        shown = [_shown(message_id, picture) for message_id, kept in held if kept for picture in kept.pictures]
        return {"pictures": shown} if shown else {}

    async def erase(self, scope: Scope) -> None:
        """Remove what `scope` names."""
        for message_id in await self._in(scope):
            await self.drop(message_id)

    async def left(self, scope: Scope) -> int:
        """Count what `scope` names."""
        return len(await self._in(scope))

    async def _in(self, scope: Scope) -> list[str]:
        wanted = scope.filter()
        return [label.message_id for label in await self.labels() if matches(wanted, label.fields)]

    def _path(self, message_id: str) -> Path:
        return self._folder / f"{UUID(message_id)}{ENDING}"

    def _put(self, message: IncomingMessage) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(message.id)
        draft = path.with_suffix(DRAFT)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "wb") as file:
            file.write(b"\n".join([_label(message), *map(_line, message.pictures)]))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)

    def _get(self, message_id: str) -> Waiting | None:
        path = self._path(message_id)
        try:
            return _waiting(path.read_bytes())
        except FileNotFoundError:
            return None
        except (ValueError, LookupError, TypeError) as error:  # cut off, or no longer what was written
            log.warning("picture_file_broken", error=type(error).__name__)
            path.unlink(missing_ok=True)
            return None

    def _tidy(self) -> None:
        for path in self._folder.glob(f"*{DRAFT}"):
            path.unlink(missing_ok=True)

    def _labels(self) -> list[Label]:
        found = []
        for path in sorted(self._folder.glob(f"*{ENDING}")):
            try:
                with path.open("rb") as file:
                    found.append(Label(path.stem, orjson.loads(file.readline())))
            except FileNotFoundError:
                continue  # described meanwhile
            except orjson.JSONDecodeError:
                path.unlink(missing_ok=True)  # the disk broke it: nobody can say any more whose it is
        return found


def _waiting(written: bytes) -> Waiting:
    first, *rest = written.split(b"\n")
    fields = orjson.loads(first)
    audience = Audience(
        fields["character"], fields["user_id"], fields["channel_id"], Visibility(fields["visibility"]),
        fields["guild_id"],
    )  # fmt: skip
    if not rest:
        raise ValueError("no picture is left in the file")
    return Waiting(audience, tuple(_picture(orjson.loads(line)) for line in rest))


def _label(message: IncomingMessage) -> bytes:
    audience = message.audience
    return orjson.dumps({
        "user_id": audience.user_id, "character": audience.character, "channel_id": audience.channel_id,
        "guild_id": audience.guild_id, "visibility": audience.visibility.value,
        "created_at": int(message.sent_at.timestamp() * 1000),
    })  # fmt: skip


def _line(picture: Picture) -> bytes:
    return orjson.dumps(_plain(picture))


def _plain(picture: Picture) -> dict[str, Json]:
    return {
        "name": picture.name, "media_type": picture.media_type, "width": picture.width, "height": picture.height,
        "base64": base64.b64encode(picture.data).decode(),
    }  # fmt: skip


def _shown(message_id: str, picture: Picture) -> dict[str, Json]:
    return {"message_id": message_id, **_plain(picture)}


def _picture(plain: dict[str, Any]) -> Picture:
    data = base64.b64decode(plain["base64"])
    return Picture(plain["media_type"], data, plain["width"], plain["height"], plain["name"])
