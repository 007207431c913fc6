"""The gateway's transport compressions: one stream per connection, flushed after every message."""

import zlib
from collections.abc import Callable


def encoder_for(name: str | None) -> Callable[[bytes], bytes] | None:
    """Return what turns one message into bytes for `?compress=name`; None means plain text. ValueError if unknown."""
    match name:
        case None | "":
            return None
        case "zlib-stream":
            return _zlib_stream()
        case "zstd-stream":
            return _zstd_stream()
    raise ValueError(f"unknown compression {name!r}")


def _zlib_stream() -> Callable[[bytes], bytes]:
    stream = zlib.compressobj(level=1)
    return lambda data: stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)


def _zstd_stream() -> Callable[[bytes], bytes]:
    import zstandard

    stream = zstandard.ZstdCompressor(level=1).compressobj()
    return lambda data: stream.compress(data) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
