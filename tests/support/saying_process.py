"""Killed while it says something by itself: `python -m tests.support.saying_process FOLDER STEP USER`.

It lives on the local Discord of its environment, says `TEXT` to USER under `MESSAGE_ID` and stops for ever at STEP. It
says so on standard output.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

from src_v2.app import App
from src_v2.core.audience import Audience, Visibility
from src_v2.core.outgoing import Outgoing
from src_v2.memory.embeddings.hashing import HashingEmbedder
from tests.support.discord.client import from_environment
from tests.support.house import make_settings

MESSAGE_ID = "019f0000-0000-7000-8000-000000000001"
TEXT = "\n\n".join(f"Paragraph {number}." + " The tide leaves shells behind." * 14 for number in range(7))
STEPS = ("planned", "begun", "half shown", "shown", "stored")


def saying(user_id: str) -> Outgoing:
    """Return what is said."""
    audience = Audience("elena", f"discord:{user_id}", "discord:0", Visibility.PRIVATE)
    return Outgoing(MESSAGE_ID, audience, "discord", TEXT, "reminder")


async def main(folder: Path, step: str, user_id: str) -> None:
    settings = make_settings(folder, discord_token=os.environ["SAYING_TOKEN"])
    app = App(settings, discord_connector_factory=from_environment(os.environ), embedder=HashingEmbedder())
    await app.start()
    async with asyncio.timeout(30):
        while not all(check.ok for check in await app.health.run() if check.name == "discord:elena"):  # noqa: ASYNC110 - a check tells nobody
            await asyncio.sleep(0.02)
    hang_after(app, step)
    await app.delivery(saying(user_id))


def hang_after(app: App, step: str) -> None:
    """Have one of the steps end the story."""
    delivery: Any = app.delivery
    postman = delivery.postmen["discord"]
    where = {
        "planned": (delivery._store, "plan"), "begun": (delivery._store, "begin"), "half shown": (postman, "_one"),
        "shown": (postman, "deliver"), "stored": (delivery._store, "store"),
    }  # fmt: skip
    owner, name = where[step]
    works = getattr(owner, name)

    async def hanging(*given: Any) -> Any:
        await works(*given)
        print("hangs", flush=True)  # noqa: T201 - this is how the test hears of it
        await asyncio.Event().wait()

    setattr(owner, name, hanging)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
