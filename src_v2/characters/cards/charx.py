"""CHARX: a zip file with card.json at its root and the card's pictures and sounds beside it."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

from src_v2.core.archives import Archive, ArchiveLimits
from src_v2.core.errors import RefusedInput

CARD_MEMBER = "card.json"
EMBEDDED = ("embeded://", "embedded://")
"""The specification spells it with one d; some programs correct it."""
MAX_CHARX_BYTES = 50 * 2**20
LIMITS = ArchiveLimits(members=2_000, member_bytes=50 * 2**20, total_bytes=100 * 2**20)

_FIXED_DATE = (1980, 1, 1, 0, 0, 0)  # what zip files begin to count at: equal cards make equal files


def is_zip(blob: bytes) -> bool:
    """Say whether `blob` begins like a zip file."""
    return blob.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpack(blob: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Return card.json and the other members by path, unpacked. Raises RefusedInput."""
    if len(blob) > MAX_CHARX_BYTES:
        raise RefusedInput(f"the file is larger than {MAX_CHARX_BYTES // 2**20} MiB")
    files = members(blob)
    if CARD_MEMBER not in files:
        raise RefusedInput(f"the zip file holds no {CARD_MEMBER} at its root")
    return files.pop(CARD_MEMBER), files


def members(blob: bytes) -> dict[str, bytes]:
    """Return every member by path, unpacked. Raises RefusedInput."""
    archive = Archive(blob, LIMITS)
    return {name: archive.read(name) for name in archive.names}


def pack(members: Mapping[str, bytes]) -> bytes:
    """Return `members` as a zip file; equal members give equal bytes."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name, _FIXED_DATE), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def embedded_path(uri: str) -> str | None:
    """Return the member that `uri` names, None for every other kind of address."""
    return next((uri[len(scheme) :] for scheme in EMBEDDED if uri.startswith(scheme)), None)
