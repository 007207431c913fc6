"""One question, one embedding: several parts of a turn look for the same text in the same moment.

The latest questions' vectors are kept by a digest of the text, and whoever asks while one is being made waits for it.
Documents do not pass through here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hashlib import blake2b

from src_v2.memory.embeddings.base import Vectors

KEPT = 64
"""Questions whose vectors are kept: those of the turns that are being answered."""


class _Making:
    """A vector that is being made, or was made, and how many wait for it."""

    def __init__(self, task: "asyncio.Task[Vectors]") -> None:
        self.task = task
        self.waiting = 0


class Once:
    """Makes each of the latest questions' vectors once. For one event loop."""

    def __init__(self, encode: Callable[[str], Awaitable[Vectors]]) -> None:
        self._encode = encode
        self._latest: OrderedDict[bytes, _Making] = OrderedDict()

    async def vectors(self, text: str) -> Vectors:
        """Return a copy of the vectors for `text`, shape (1, size); raises what encoding raises.

        A failure is not kept. Encoding is given up when nobody waits for it any more.
        """
        key = blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
        making = self._latest.get(key)
        if making is None:
            making = self._latest[key] = _Making(asyncio.create_task(self._made(text)))
        self._latest.move_to_end(key)
        making.waiting += 1
        try:
            return (await asyncio.shield(making.task)).copy()
        except BaseException:
            if self._latest.get(key) is making and (making.task.done() or making.waiting == 1):
                del self._latest[key]
            raise
        finally:
            making.waiting -= 1
            if not making.waiting and not making.task.done():
                making.task.cancel()
            self._shrink()

    async def _made(self, text: str) -> Vectors:
        return await self._encode(text)

    def _shrink(self) -> None:
        while len(self._latest) > KEPT and next(iter(self._latest.values())).task.done():
            self._latest.popitem(last=False)
