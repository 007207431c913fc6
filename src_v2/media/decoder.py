"""Makes a safe picture of a stranger's file. Runs as a program of its own: standard input to standard output.

Started afresh for every picture, without the environment, with limits on memory, time and files: whatever a hostile
file does to a decoder, it does it to a process that knows nothing and is about to end. Imports nothing of the project.
Answers with one line, `ok <type> <width> <height>` and then the picture, or `no <reason>`.
"""

import contextlib
import sys
import warnings
from io import BytesIO

from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
LONGEST_SIDE_PIXELS = 1568
"""More than that is scaled down by the providers themselves, after it was paid for."""
MOST_BYTES_OUT = 1_500_000
MEMORY_BYTES = 1_536 * 2**20
CPU_S = 20
FEW_COLOURS = 256
"""Drawings, screenshots and charts: PNG keeps their letters sharp."""
QUALITIES = (85, 70, 50)
OPAQUE = 255
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
DEEP_MODES = frozenset({"I", "I;16", "I;16L", "I;16B", "I;16N", "F"})
TRANSPARENT_MODES = frozenset({"RGBA", "LA", "PA", "RGBa", "La"})


class Refused(Exception):
    """A file that is not taken; the text is one word for it."""


def limit_resources() -> None:
    """Give up, for this process, what decoding a picture never needs, as far as the system knows such limits."""
    try:
        import resource
    except ImportError:  # Windows
        return
    limits = {
        resource.RLIMIT_AS: MEMORY_BYTES, resource.RLIMIT_CPU: CPU_S, resource.RLIMIT_FSIZE: 0, resource.RLIMIT_CORE: 0,
    }  # fmt: skip
    for what, limit in limits.items():
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some, others are stricter already
            resource.setrlimit(what, (limit, limit))


def kind_of(data: bytes) -> str:
    """Return the format that the first bytes say, "" for none that is taken. A name says nothing."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:6] in {b"GIF87a", b"GIF89a"}:
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return ""


def safe_picture(data: bytes) -> tuple[str, int, int, bytes]:
    """Return (media type, width, height, bytes) of the first frame, upright and small; raises Refused."""
    kind = kind_of(data)
    if not kind:
        raise Refused("kind")
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        with (
            warnings.catch_warnings(action="error", category=Image.DecompressionBombWarning),
            Image.open(BytesIO(data), formats=[kind]) as image,
        ):
            return _encoded(_small(image))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError) as error:
        raise Refused("pixels") from error
    except Refused:
        raise
    except Exception as error:  # decoders raise whatever comes to their minds
        raise Refused("broken") from error


def _small(image: Image.Image) -> Image.Image:
    """Return the first frame as RGB or RGBA, upright, no longer than LONGEST_SIDE_PIXELS."""
    if image.width * image.height > MOST_PIXELS:
        raise Refused("pixels")
    image.draft(None, _fitting(image.size))  # a JPEG need not be decoded in full
    image.load()
    upright: Image.Image = image
    with contextlib.suppress(Exception):  # what stands beside the pixels may be broken, they are not
        upright = ImageOps.exif_transpose(image)
    plain = _plain(upright)
    size = _fitting(plain.size)
    return plain if size == plain.size else plain.resize(size, Image.Resampling.LANCZOS)


def _fitting(size: tuple[int, int]) -> tuple[int, int]:
    """Return a size of the same shape with no side longer than LONGEST_SIDE_PIXELS."""
    scale = min(1.0, LONGEST_SIDE_PIXELS / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels as RGB, or as RGBA when some can be seen through."""
    if image.mode in DEEP_MODES:
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if image.mode in TRANSPARENT_MODES or "transparency" in image.info:
        seen_through = image.convert("RGBA")
        lowest = seen_through.getchannel("A").getextrema()[0]
        return seen_through if isinstance(lowest, int) and lowest < OPAQUE else seen_through.convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def _encoded(image: Image.Image) -> tuple[str, int, int, bytes]:
    """Return a picture anew, under MOST_BYTES_OUT, without anything that stood beside its pixels."""
    image.info.clear()
    if image.mode == "RGBA" or image.getcolors(FEW_COLOURS):
        drawn = _saved(image, "PNG", optimize=True)
        if len(drawn) <= MOST_BYTES_OUT:
            return "image/png", image.width, image.height, drawn
    image = _on_white(image) if image.mode == "RGBA" else image
    while True:
        for quality in QUALITIES:
            taken = _saved(image, "JPEG", quality=quality)
            if len(taken) <= MOST_BYTES_OUT:
                return "image/jpeg", image.width, image.height, taken
        image = image.resize((max(1, image.width * 2 // 3), max(1, image.height * 2 // 3)), Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGB", image.size, "white")
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _saved(image: Image.Image, form: str, **how: object) -> bytes:
    out = BytesIO()
    image.save(out, form, **how)
    return out.getvalue()


def main() -> None:
    """Read a file, write a picture."""
    limit_resources()
    try:
        media_type, width, height, picture = safe_picture(sys.stdin.buffer.read())
    except Refused as refused:
        sys.stdout.buffer.write(f"no {refused}\n".encode())
        return
    sys.stdout.buffer.write(f"ok {media_type} {width} {height}\n".encode() + picture)


if __name__ == "__main__":
    main()
