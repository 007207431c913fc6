"""Reads zip files that come from strangers, from memory and within limits; nothing is ever written to a path.

A member is refused, with a reason, when its name leaves the archive (absolute, `..`, a drive, a backslash, control
characters), when it is a link or encrypted, and when sizes, counts or compression ratios pass the limits. What is read
is counted: declared sizes are not believed.
"""

import stat
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath

from src_v2.core.errors import RefusedInput

_CHUNK = 65_536
_ENCRYPTED = 0x1
_ENTRY = b"PK\x01\x02"
_MOST_ENTRIES_PER_MEMBER = 20
"""A zip file inside a zip file lists files, too; those do not count."""

_TRIPPED_OVER = (LookupError, ArithmeticError, struct.error)
"""What zipfile itself raises about lists that make no sense."""


@dataclass(frozen=True, slots=True)
class ArchiveLimits:
    """What an archive may hold; sizes in bytes, unpacked."""

    members: int = 2_000
    member_bytes: int = 64 * 2**20
    total_bytes: int = 256 * 2**20
    ratio: int = 200
    """Unpacked to packed size of a member, beyond the first MiB."""


class Archive:
    """A zip file whose list of members was checked."""

    def __init__(self, blob: bytes, limits: ArchiveLimits | None = None) -> None:
        self._limits = limits or ArchiveLimits()
        self._read = 0
        # Python makes an object of every entry before anybody can count them: some hundred bytes for each of 46.
        if blob.count(_ENTRY) > _MOST_ENTRIES_PER_MEMBER * self._limits.members:
            raise RefusedInput("the zip file lists far more files than it may hold")
        try:
            self._zip = zipfile.ZipFile(BytesIO(blob))
        except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, *_TRIPPED_OVER) as error:
            raise RefusedInput("this is no readable zip file") from error
        files = [info for info in self._zip.infolist() if not info.filename.endswith("/")]
        if len(files) > self._limits.members:
            raise RefusedInput(f"the zip file holds {len(files)} files, more than {self._limits.members}")
        self._members: dict[str, zipfile.ZipInfo] = {}
        for info in files:
            self._admit(info)

    @property
    def names(self) -> tuple[str, ...]:
        """Paths inside the archive, `/` between parts, in the archive's order."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def read(self, name: str) -> bytes:
        """Return one member unpacked. Raises `RefusedInput` when it is missing, damaged or too large."""
        if name not in self._members:
            raise RefusedInput(f"the zip file holds no {name}")
        parts = []
        size = 0
        for chunk in self._chunks(self._members[name]):
            size += len(chunk)
            self._read += len(chunk)
            self._weigh(self._members[name], size)
            parts.append(chunk)
        return b"".join(parts)

    def _chunks(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._zip.open(info) as member:
                while chunk := member.read(_CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
            raise RefusedInput("a file in the zip file is damaged") from error
        except Exception as error:
            # zlib and lzma raise errors of their own that have no common root.
            raise RefusedInput("a file in the zip file cannot be unpacked") from error

    def _admit(self, info: zipfile.ZipInfo) -> None:
        name = info.filename
        path = PurePosixPath(name)
        # `orig_filename` holds what zipfile cuts off at a NUL.
        unsafe = (
            path.is_absolute() or ".." in path.parts or not path.parts or name != info.orig_filename
            or any(mark in name for mark in "\\:") or not name.isprintable()
        )  # fmt: skip
        if unsafe:
            raise RefusedInput("the zip file holds a path that is not allowed")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise RefusedInput("a file in the zip file is a link")
        if info.flag_bits & _ENCRYPTED:
            raise RefusedInput("a file in the zip file is encrypted")
        if name in self._members:
            raise RefusedInput("the zip file holds two files of one name")
        self._members[name] = info

    def _weigh(self, info: zipfile.ZipInfo, size: int) -> None:
        limits = self._limits
        if size > limits.member_bytes or self._read > limits.total_bytes:
            raise RefusedInput("what the zip file holds is too large")
        if size > 2**20 and size > limits.ratio * max(info.compress_size, 1):
            raise RefusedInput("a file in the zip file unpacks to far more than it should")
