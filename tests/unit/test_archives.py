"""Zip files of strangers are read within limits, from memory, and nothing in them becomes a path."""

import random
import stat
import zipfile
from collections.abc import Iterable
from io import BytesIO

import pytest

from src_v2.core.archives import Archive, ArchiveLimits
from src_v2.core.errors import RefusedInput
from tests.support.cards import encrypted, in_zip

SMALL = ArchiveLimits(members=3, member_bytes=3 * 2**20, total_bytes=4 * 2**20, ratio=50)
NOISE = random.Random(1).randbytes(2 * 2**20)


def refusal(blob: bytes, *read: str) -> str:
    with pytest.raises(RefusedInput) as refused:
        read_all(blob, read)
    return str(refused.value)


def read_all(blob: bytes, names: Iterable[str] | None = None) -> None:
    archive = Archive(blob, SMALL)
    for name in archive.names if names is None else names:
        archive.read(name)


def test_members_are_read_in_order_and_folders_are_none() -> None:
    archive = Archive(in_zip({"b/c.txt": b"1", "d/": b"", "a.txt": b"2"}), SMALL)
    assert archive.names == ("b/c.txt", "a.txt")
    assert (archive.read("b/c.txt"), archive.read("a.txt")) == (b"1", b"2")
    assert "a.txt" in archive
    assert "d/" not in archive


@pytest.mark.parametrize(
    "name", ["../a", "a/../../b", "/a", "C:/a", "a\\b", "a\nb", "a\x1bb", "..", "a:b", "\u202etxt.a"]
)
def test_names_that_lead_elsewhere_are_refused_and_not_quoted(name: str) -> None:
    said = refusal(in_zip({name: b"x"}))
    assert said == "the zip file holds a path that is not allowed"


def test_a_name_that_hides_something_behind_a_nul_is_refused() -> None:
    blob = in_zip({"goodXevil": b"x"}).replace(b"goodXevil", b"good\0evil")
    assert "not allowed" in refusal(blob)


def test_links_encrypted_members_and_twins_are_refused() -> None:
    assert "link" in refusal(in_zip({"a": b"/etc/passwd"}, external_attr=(stat.S_IFLNK | 0o777) << 16))
    assert "encrypted" in refusal(encrypted(in_zip({"a": b"x"})))
    assert "two files of one name" in refusal(in_zip({"a": b"x", "b": b"y"}).replace(b"b", b"a"))


def test_limits_on_number_size_and_ratio() -> None:
    assert "holds 4 files, more than 3" in refusal(in_zip({str(n): b"" for n in range(4)}))
    assert "too large" in refusal(in_zip({"a": NOISE + NOISE}), "a")
    assert "too large" in refusal(in_zip({"a": NOISE, "b": NOISE, "c": b"!"}), "a", "b", "c")
    assert "far more than it should" in refusal(in_zip({"a": bytes(2 * 2**20)}), "a")
    assert len(Archive(in_zip({"a": bytes(2**19)}), SMALL).read("a")) == 2**19


def test_a_declared_size_is_not_believed() -> None:
    blob = bytearray(in_zip({"a": bytes(2 * 2**20)}))
    at = blob.find(b"PK\x01\x02")
    blob[at + 24 : at + 28] = (10).to_bytes(4, "little")
    assert refusal(bytes(blob), "a")


def test_a_list_of_far_too_many_files_is_refused_before_it_is_read() -> None:
    assert "lists far more files" in refusal(b"PK\x05\x06" + b"PK\x01\x02" * 100)
    nested = in_zip({"inner.zip": in_zip({str(n): b"" for n in range(10)})})
    assert Archive(nested, SMALL).names == ("inner.zip",)


def test_what_is_damaged_or_missing_is_refused() -> None:
    assert "no readable zip" in refusal(b"PK\x03\x04 nothing")
    assert "no readable zip" in refusal(b"")
    assert "holds no b" in refusal(in_zip({"a": b"x"}), "b")
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        target = BytesIO()
        with zipfile.ZipFile(target, "w", method) as archive:
            archive.writestr("a", NOISE[:5_000])
        blob = bytearray(target.getvalue())
        blob[200:400] = bytes(200)
        assert "in the zip file" in refusal(bytes(blob), "a")


def test_any_bytes_are_read_or_refused() -> None:
    choices = random.Random(3)
    sound = in_zip({"a": b"some text", "b/c": NOISE[:300]})
    for _ in range(300):
        blob = bytearray(sound)
        for _ in range(choices.randint(1, 6)):
            blob[choices.randrange(len(blob))] = choices.randrange(256)
        try:
            read_all(bytes(blob))
        except RefusedInput:
            continue
