"""Plays scripted dialogues through the whole process and gives back what the last prompt says is known.

One stage plays many cases, one after the other, on one process: every case has people, channels and servers of its own.
The only double is the model, a local server that answers as the case says.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import select

from src_v2.core.audience import Audience, Visibility
from src_v2.core.errors import ModelError, StoreError
from src_v2.core.fence import fenced, one_line
from src_v2.core.ids import new_id
from src_v2.core.messages import Author, IncomingMessage, Scene, SceneKind
from src_v2.knowledge.extraction_prompt import INSTRUCTIONS
from src_v2.storage.tables import messages, sessions
from tests.support.clock import VirtualClock
from tests.support.dialogues import Answer, Case, Change, LastTurn, Learned, Session
from tests.support.house import House, make_settings
from tests.support.llm import LocalLLM, ReceivedRequest, Script

BETWEEN_MESSAGES = timedelta(minutes=1)
LAST_REPLY = "Let me think."
LONGEST_WORK_S = 60
_BLOCK = re.compile(r"<(preferences|facts|summaries)\b[^>]*>\n(.*?)\n</\1>", re.DOTALL)
_LINE_NUMBER = re.compile(r"\{line (\d+)\}")


class Calendar(VirtualClock):
    """A virtual clock whose date can be set: cases begin when they say, not when the one before ended."""

    def set(self, moment: datetime) -> None:
        """Make it `moment`; monotonic time is not touched."""
        self._start = moment - timedelta(seconds=self._elapsed)


@dataclass
class Played:
    """A session that was played.

    `lines` are those of `said` as they stand now (None: deleted), `refs` the platform's ids of the user's by place
    in `said`. `answer` is what the model says when it reads the session back.
    """

    session: Session
    id: str
    character: str
    character_name: str
    lines: list[str | None]
    refs: dict[int, str]
    answer: Answer | None = None

    def numbers(self, prompt: str) -> dict[int, int] | None:
        """Return the number in `prompt` of every line of this session; None when the prompt is of another one."""
        found: dict[int, int] = {}
        for index, text in enumerate(self.lines, start=1):
            if text is None:
                continue
            number = re.search(rf"^(\d+) \| {re.escape(self._as_read(index, text))}$", prompt, re.MULTILINE)
            if number is None:
                return None
            found[index] = int(number[1])
        return found

    def _as_read(self, index: int, text: str) -> str:
        users = self.session.said[index - 1].user is not None
        who = f"user ({self.session.who})" if users else f"character ({self.character_name})"
        line = f"{self.session.at.date().isoformat()} | {who}: {one_line(text)}"
        return fenced("conversation", [line]).splitlines()[1]


class Stage(House):
    """A house in which dialogues are played."""

    def __init__(self, data_dir: Path, llm: LocalLLM) -> None:
        self.clock: Calendar = Calendar()
        self.settings = make_settings(data_dir, llm)
        self.app = self._new_app()
        self._llm = llm
        self._reply = LAST_REPLY
        self._played: list[Played] = []
        self._prompt = ""
        llm.reply = self._answer

    async def play(self, case: Case) -> str:
        """Play a dialogue; return what the prompt of its last turn says is known: facts, preferences, summaries."""
        self._played.clear()
        for step in case.sessions:
            if isinstance(step, Session):
                await self._talk(case, step)
            else:
                await self._change(step)
        self.clock.set(case.last_at)
        self._reply = LAST_REPLY
        await self.hears(self._message(case, case.then, case.then.says))
        return "\n".join(body for _, body in _BLOCK.findall(self._prompt))

    async def _talk(self, case: Case, session: Session) -> None:
        self.clock.set(session.at)
        refs: dict[int, str] = {}
        for index, text, reply in session.exchanges:
            self.clock.advance(BETWEEN_MESSAGES.total_seconds())
            self._reply = reply
            message = self._message(case, session, text)
            refs[index] = message.platform_message_id or ""
            await self.hears(message)
        lines = [line.user or line.character for line in session.said]
        name = self.app.characters.get(session.character).display_name
        session_id = await self._session_id(_audience(case, session))
        played = Played(session, session_id, session.character, name, lines, refs)
        self._played.append(played)
        if session.learned is not None:
            await self._read_back(played, session.learned)

    async def _change(self, change: Change) -> None:
        played = self._played[change.spot.session - 1]
        ref = played.refs[change.spot.line]
        played.lines[change.spot.line - 1] = change.spot.text
        played.answer = change.learned
        if change.spot.text is None:
            assert await self.app.memory.delete(played.character, ref)
        else:
            assert await self.app.memory.edit(played.character, ref, change.spot.text)
        await self._at_rest()
        if change.learned is not None:
            await self._read_back(played, change.learned)

    async def _read_back(self, played: Played, answer: Answer) -> None:
        """Have a session read back, unless that happened in the background already."""
        played.answer = answer
        self.clock.advance(60 * self.settings.memory.session_idle_minutes)
        try:
            await self.app.background.learning.learn(played.id)
        except ModelError:
            assert isinstance(answer, str), "the answer is not in the shape that is asked for"
            return
        except StoreError:
            await self._at_rest()  # the schedule had it read back at this very moment
        assert not await self._unread(played.id), "the session was not read back"

    async def _at_rest(self) -> None:
        """Wait until the background work that is due is done."""
        async with asyncio.timeout(LONGEST_WORK_S):
            await self.app.jobs.idle()

    async def _session_id(self, audience: Audience) -> str:
        query = select(sessions.c.id).where(
            sessions.c.character == audience.character, sessions.c.user_id == audience.user_id,
            sessions.c.channel_id == audience.channel_id,
        )  # fmt: skip
        async with self.app.stores.database.read() as connection:
            return str((await connection.execute(query.order_by(sessions.c.started_at.desc()))).scalars().first())

    async def _unread(self, session_id: str) -> list[str]:
        query = select(messages.c.id).where(messages.c.session_id == session_id, messages.c.learned_in.is_(None))
        async with self.app.stores.database.read() as connection:
            return list((await connection.execute(query)).scalars())

    def _message(self, case: Case, scene: Session | LastTurn, text: str) -> IncomingMessage:
        audience = _audience(case, scene)
        where = Scene() if audience.is_private else Scene(SceneKind.CHANNEL, "Harbour", "kitchen")
        return IncomingMessage(
            new_id(), Author(audience.user_id, scene.who), audience, text, self.clock.now(), "discord",
            platform_message_id=new_id(), scene=where,
        )  # fmt: skip

    def _answer(self, request: ReceivedRequest) -> Script:
        """Answer as the character, or as the model that reads a conversation back."""
        texts = [str(message["content"]) for message in request.messages]
        if not texts[0].startswith(INSTRUCTIONS):
            self._prompt = texts[0]
            return Script(self._reply)
        prompt = "\n".join(texts[1:])
        for played in self._played:
            numbers = played.numbers(prompt)
            if numbers is not None:
                return Script(_words(played.answer, numbers))
        return Script(_words(None, {}))


def _words(answer: Answer | None, numbers: dict[int, int]) -> str:
    """Return what the model says; sources are lines of the case, `numbers` are those of the prompt."""
    if isinstance(answer, str):
        return _LINE_NUMBER.sub(lambda match: str(numbers[int(match[1])]), answer)
    data = (answer or Learned()).model_dump()
    for entry in (*data["facts"], *data["also_called"], *data["preferences"]):
        entry["source"] = numbers.get(entry["source"], entry["source"])
    return orjson.dumps(data).decode()


def _audience(case: Case, scene: Session | LastTurn) -> Audience:
    """Return who hears a scene; ids are the case's own, so that no case knows anything of another."""
    user_id = f"discord:{case.id}-{scene.who.lower()}"
    if scene.place == "private":
        return Audience(scene.character, user_id, f"{user_id}-dm", Visibility.PRIVATE)
    visibility = Visibility.GUILD if scene.place.open else Visibility.CHANNEL
    guild_id = f"discord:{case.id}-{scene.place.guild}"
    return Audience(scene.character, user_id, f"{guild_id}-{scene.place.channel}", visibility, guild_id)
