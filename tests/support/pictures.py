"""Pictures made for tests, and what of them a model server received. Upright, each is RED above and BLUE below.

So whoever shows one turned, of the wrong frame or of the wrong colours is found out.
"""

import base64
import struct
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image, PngImagePlugin

from src_v2.core.pictures import Picture
from tests.support.llm.script import ReceivedRequest

RED, BLUE, GREEN = (220, 30, 30), (30, 30, 220), (30, 200, 30)
SECRET_PLACE = "48.8584 N, 2.2945 E"
SECRET_OWNER = "Property of Zebedee Quirk"
SECRETS = (SECRET_PLACE.encode(), SECRET_OWNER.encode(), b"Quirkphone", b"<script>", b"Exif", b"ICC_PROFILE", b"iCCP")
GPS, OWNER, MODEL, ORIENTATION = 0x8825, 0x013B, 0x0110, 0x0112
SIDEWAYS = frozenset({5, 6, 7, 8})
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip
"""How an upright picture has to lie in the file so that its EXIF orientation puts it right."""


@dataclass(frozen=True)
class Sample:
    """A file and the picture that a model must be shown for it."""

    name: str
    data: bytes
    size: tuple[int, int]
    is_clear: bool = False
    """Whether its upper left corner can be seen through."""


@dataclass(frozen=True)
class Shown:
    """A picture as a model server received it."""

    media_type: str
    data: bytes

    @property
    def image(self) -> Image.Image:
        image = Image.open(BytesIO(self.data))
        image.load()
        return image


def flag(width: int = 60, height: int = 80) -> Image.Image:
    """Return a picture that is RED above and BLUE below."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (0, height // 2, width, height))
    return image


def saved(image: Image.Image, form: str, **how: Any) -> bytes:
    out = BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """Return what phones write beside the pixels."""
    found = Image.Exif()
    found[ORIENTATION], found[OWNER], found[MODEL] = orientation, SECRET_OWNER, "Quirkphone 12"
    found.get_ifd(GPS)[1] = "N"
    found.get_ifd(GPS)[27] = SECRET_PLACE.encode()
    return found


def turned(orientation: int) -> bytes:
    """Return a photo that lies in its file as a phone held that way writes it."""
    image = flag()
    lying = image.transpose(TURNS[orientation]) if orientation in TURNS else image
    return saved(lying, "JPEG", quality=95, exif=exif(orientation))


def frames(form: str) -> bytes:
    """Return an animation whose first frame is the flag and whose others are GREEN."""
    others = [Image.new("RGB", (60, 80), GREEN), Image.new("RGB", (60, 80), (200, 200, 0))]
    lossless = {"lossless": True} if form == "WEBP" else {}
    return saved(flag(), form, save_all=True, append_images=others, duration=100, loop=0, **lossless)


def clear() -> Image.Image:
    """Return the flag with a hole in its upper left corner."""
    image = flag().convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 20, 20))
    return image


def clear_palette() -> bytes:
    return saved(clear().quantize(8, Image.Quantize.FASTOCTREE), "PNG")


def deep() -> bytes:
    """Return a PNG of 16 bits per sample: bright above, dark below."""
    half = 60 * 40
    samples_ = struct.pack(f"<{2 * half}H", *[60_000] * half, *[5_000] * half)
    return saved(Image.frombytes("I;16", (60, 80), samples_), "PNG")


def talkative_png() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", SECRET_OWNER)
    notes.add_itxt("Location", SECRET_PLACE)
    return saved(flag(), "PNG", pnginfo=notes, exif=exif(), icc_profile=b"\0" * 128)


def samples() -> Sequence[Sample]:
    """Return the pictures that are taken, grey ones apart (`grey_samples`)."""
    upright = (60, 80)
    return [
        Sample("plain.png", saved(flag(), "PNG"), upright),
        Sample("plain.jpg", saved(flag(), "JPEG", quality=95), upright),
        Sample("progressive.jpg", saved(flag(), "JPEG", quality=95, progressive=True), upright),
        Sample("print.jpg", saved(flag().convert("CMYK"), "JPEG", quality=95), upright),
        Sample("lossy.webp", saved(flag(), "WEBP", quality=90), upright),
        Sample("lossless.webp", saved(flag(), "WEBP", lossless=True), upright),
        Sample("still.gif", saved(flag(), "GIF"), upright),
        Sample("palette.png", saved(flag().quantize(8), "PNG"), upright),
        Sample("clear.png", saved(clear(), "PNG"), upright, is_clear=True),
        Sample("clear.webp", saved(clear(), "WEBP", lossless=True), upright, is_clear=True),
        Sample("clear-palette.png", clear_palette(), upright, is_clear=True),
        Sample("opaque-alpha.png", saved(flag().convert("RGBA"), "PNG"), upright),
        Sample("moving.gif", frames("GIF"), upright),
        Sample("moving.webp", frames("WEBP"), upright),
        Sample("moving.png", frames("PNG"), upright),
        *(Sample(f"turned-{number}.jpg", turned(number), upright) for number in range(1, 9)),
        Sample("turned.webp", saved(flag().transpose(TURNS[6]), "WEBP", lossless=True, exif=exif(6)), upright),
        Sample("talkative.jpg", saved(flag(), "JPEG", quality=95, exif=exif(), comment=SECRET_OWNER.encode(),
                                      icc_profile=b"\0" * 128), upright),
        Sample("talkative.png", talkative_png(), upright),
        Sample("a-jpeg.png", saved(flag(), "JPEG", quality=95), upright),
        Sample("page.html", saved(flag(), "PNG"), upright),
        Sample("polyglot.png", saved(flag(), "PNG") + b"<html><script>alert(1)</script></html>", upright),
        Sample("large.jpg", saved(flag(3000, 4000), "JPEG"), (1176, 1568)),
        Sample("wide.png", saved(flag(5000, 20), "PNG"), (1568, 6)),
        Sample("strip.png", saved(flag(10, 20_000), "PNG"), (1, 1568)),
    ]  # fmt: skip


def grey_samples() -> Sequence[Sample]:
    """Return pictures without colours: bright above, dark below."""
    grey = Image.new("L", (60, 80), 235)
    grey.paste(20, (0, 40, 60, 80))
    return [
        Sample("grey.png", saved(grey, "PNG"), (60, 80)),
        Sample("grey.jpg", saved(grey, "JPEG", quality=95), (60, 80)),
        Sample("deep.png", deep(), (60, 80)),
        Sample("bits.png", saved(grey.convert("1"), "PNG"), (60, 80)),
        Sample("dot.png", saved(Image.new("L", (1, 1), 235), "PNG"), (1, 1)),
    ]


def refused() -> dict[str, tuple[bytes, str]]:
    """Return files that are not taken, each with a word of the reason."""
    png = saved(flag(), "PNG")
    return {
        "nothing.png": (b"", "empty"),
        "zeros.png": (bytes(4096), "none of"),
        "page.png": (b"<!doctype html><script>alert(1)</script>", "none of"),
        "drawing.svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "none of"),
        "old.bmp": (saved(flag(), "BMP"), "none of"),
        "scan.tiff": (saved(flag(), "TIFF"), "none of"),
        "cut.png": (png[: len(png) // 2], "damaged"),
        "cut.jpg": (saved(flag(600, 800), "JPEG", quality=95)[:2000], "damaged"),
        "only-a-head.gif": (b"GIF89a", "damaged"),
        "no-palette.png": (without_palette(), "damaged"),
        "bomb.png": (bomb(60_000, 60_000), "million pixels"),
        "sly-bomb.png": (bomb(7_000, 7_000), "million pixels"),
        "heavy.jpg": (saved(flag(), "JPEG") + bytes(8 * 2**20), "larger than"),
    }


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of some bytes that claims to be huge."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def without_palette() -> bytes:
    """Return a PNG whose palette is broken."""
    whole = saved(flag().quantize(8), "PNG")
    colours = whole.index(b"PLTE") + 4
    return whole[:colours] + bytes(3) + whole[colours + 3 :]  # its checksum is wrong now


def picture(name: str = "lighthouse.jpg", image: Image.Image | None = None) -> Picture:
    """Return a picture as a door hands it over."""
    image = image or flag()
    return Picture("image/png", saved(image, "PNG"), *image.size, name)


def shown_to(request: ReceivedRequest) -> list[Shown]:
    """Return the pictures in a request, whichever provider's protocol it speaks."""
    read: Callable[[dict[str, Any]], list[Shown]] = {
        "/v1/chat/completions": _openai, "/v1/messages": _anthropic, "/api/chat": _ollama,
    }[request.path]  # fmt: skip
    return [found for message in request.messages for found in read(message)]


def _blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message.get("content")
    return content if isinstance(content, list) else []


def _openai(message: dict[str, Any]) -> list[Shown]:
    links = [block["image_url"]["url"] for block in _blocks(message) if block["type"] == "image_url"]
    heads = [link.split(";base64,") for link in links]
    return [Shown(head.removeprefix("data:"), base64.b64decode(data, validate=True)) for head, data in heads]


def _anthropic(message: dict[str, Any]) -> list[Shown]:
    sources = [block["source"] for block in _blocks(message) if block["type"] == "image"]
    return [Shown(one["media_type"], base64.b64decode(one["data"], validate=True)) for one in sources]


def _ollama(message: dict[str, Any]) -> list[Shown]:
    found = [base64.b64decode(data, validate=True) for data in message.get("images") or ()]
    return [Shown("image/png" if data.startswith(b"\x89PNG") else "image/jpeg", data) for data in found]
