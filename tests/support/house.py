"""The whole process within a test: an `App` on a data folder of its own, and people who speak to its characters.

async with House(tmp_path, llm=llm) as house:
    reply = await house.hears(house.person("Sam").says("Hello"))
    assert reply.text == "..."
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from src_v2.app import App
from src_v2.config.settings import GROUPS, Settings
from src_v2.core.audience import Audience, Visibility
from src_v2.core.events import Done, Failed, ReplyEvent, Stopped, TextDelta, TextReplaced
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, Scene, SceneKind
from src_v2.memory.embeddings.hashing import HashingEmbedder
from tests.support.clock import VirtualClock
from tests.support.llm import LocalLLM

CHARACTERS = Path(__file__).parents[2] / "characters"


def make_settings(data_dir: Path, llm: LocalLLM | None = None, **variables: Any) -> Settings:
    """Return settings for a test: embedded stores in `data_dir`, a free port, `llm` as the model.

    `variables` are named as in `.env.example`, in lower case (`memory_recall_limit=3`).
    """
    given: dict[str, Any] = {
        "data_dir": data_dir, "characters_dir": CHARACTERS, "web_port": 0, "embedding_offline": True,
        "burst_window_s": 0, "memory_source_timeout_s": 5,  # tests of slow stores set their own
        # Nothing is said or noted that a test did not ask for.
        "reflecting_enabled": False, "epiphanies_enabled": False, "diary_enabled": False, "outreach_enabled": False,
        "privacy_notice": "",  # most tests are about what is said after the first contact
    }  # fmt: skip
    if llm is None:
        given["llm_model"] = "offline:instant"
    else:
        given |= {"llm_model": "openai-compatible:local-model", "llm_base_url": llm.openai_url, "llm_attempts": 1}
    given |= variables
    groups = {}
    for key, group in GROUPS.items():
        prefix = str(group.model_config.get("env_prefix", "")).lower()
        names = {name: given.pop(prefix + name) for name in group.model_fields if prefix + name in given}
        groups[key] = group(_env_file=None, **names)
    if given:
        raise ValueError(f"no such settings: {sorted(given)}")
    return Settings(**groups)


@dataclass
class Reply:
    """A surface that keeps what it is shown."""

    events: list[ReplyEvent] = field(default_factory=list)
    first_text: asyncio.Event = field(default_factory=asyncio.Event)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    retracted: bool = False

    @property
    def text(self) -> str:
        """What was said."""
        said = ""
        for event in self.events:
            match event:
                case TextDelta(text):
                    said += text
                case TextReplaced(text):
                    said = text
        return said

    @property
    def outcome(self) -> Done | Failed | Stopped:
        """How the turn ended."""
        last = self.events[-1]
        assert isinstance(last, Done | Failed | Stopped)
        return last

    async def show(self, event: ReplyEvent) -> None:
        self.events.append(event)
        if isinstance(event, TextDelta):
            self.first_text.set()

    async def finish(self) -> None:
        self.finished.set()

    async def restart(self) -> None:
        self.events.clear()

    async def retract(self) -> None:
        self.retracted = True


@dataclass(frozen=True)
class Place:
    """Somewhere people talk."""

    channel_id: str
    visibility: Visibility = Visibility.PRIVATE
    guild_id: str | None = None

    @property
    def scene(self) -> Scene:
        return Scene() if self.guild_id is None else Scene(SceneKind.CHANNEL, "Harbour", self.channel_id)


@dataclass
class Person:
    """Someone who talks to characters."""

    name: str
    clock: VirtualClock

    @property
    def user_id(self) -> str:
        return f"discord:{self.name.lower()}"

    @property
    def dm(self) -> Place:
        return Place(f"discord:dm-{self.name.lower()}")

    def audience(self, place: Place | None = None, character: str = "elena") -> Audience:
        where = place or self.dm
        return Audience(character, self.user_id, where.channel_id, where.visibility, where.guild_id)

    def says(
        self, text: str, place: Place | None = None, *, character: str = "elena", ref: str | None = None
    ) -> IncomingMessage:
        self.clock.advance(1)
        return IncomingMessage(
            new_id(), Author(self.user_id, self.name), self.audience(place, character), text, self.clock.now(),
            "discord", platform_message_id=ref or new_id(), scene=(place or self.dm).scene,
        )  # fmt: skip


class House:
    """An `App` in a test. `clock` is virtual and only moves when somebody speaks or the test says so."""

    def __init__(self, data_dir: Path, llm: LocalLLM | None = None, **variables: Any) -> None:
        self.clock = VirtualClock()
        self.settings = make_settings(data_dir, llm, **variables)
        self.app = self._new_app()

    def _new_app(self) -> App:
        return App(self.settings, doors=False, embedder=HashingEmbedder(), clock=self.clock)

    async def __aenter__(self) -> Self:
        await self.app.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.app.stop()

    async def restart(self) -> None:
        """Stop the process and start a new one on the same data."""
        await self.app.stop()
        self.app = self._new_app()
        await self.app.start()

    def person(self, name: str) -> Person:
        return Person(name, self.clock)

    async def ask(self, message: IncomingMessage) -> Reply:
        """Submit a message and return its surface at once."""
        reply = Reply()
        assert await self.app.lanes.submit(message, reply)
        return reply

    async def hears(self, message: IncomingMessage) -> Reply:
        """Submit a message and wait until it is answered."""
        reply = await self.ask(message)
        await reply.finished.wait()
        return reply

    async def indexed(self) -> None:
        """Wait until everything that was said can be recalled."""
        await self.app.jobs.idle()

    async def recall(self, audience: Audience, query: str) -> Sequence[str]:
        """Return the texts that a reply to `audience` would recall for `query`."""
        return [memory.text for memory in await self.app.recall.search(audience, query, 20)]

    def pass_time(self, **how_long: float) -> None:
        """Let time go by (`days=2`)."""
        self.clock.advance(timedelta(**how_long).total_seconds())
