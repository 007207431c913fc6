"""The memory as the rest of the code sees it: keep what was said, give it back to those who may hear it.

What people say who do not want to be remembered is held in `running` only, and nothing of theirs is written.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from src_v2.core.audience import Audience
from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable
from src_v2.core.messages import Author, IncomingMessage, Scene, StoredMessage, Turn
from src_v2.core.routes import Route
from src_v2.memory.jobs import index_request
from src_v2.memory.models import ChangedMessage, ForgottenExchange, InterruptedTurn, seen_by
from src_v2.memory.picture_notes import NoPictures, WaitingPictures
from src_v2.memory.profiles import Profile, Profiles
from src_v2.memory.rows import RefChange, message_rows, only_costs, ref_row, reply_row, turn_row
from src_v2.memory.running import MOST_MESSAGES, RunningConversations, still_open, together
from src_v2.memory.sessions import Sessions
from src_v2.memory.store import MemoryStore
from src_v2.memory.writer import Writer
from src_v2.storage.outbox import outbox_row
from src_v2.storage.rows import RowWrite

INTERRUPTED_FOR = timedelta(minutes=15)
"""A turn that was interrupted longer ago than this is not answered out of the blue after a restart."""
MOST_LONG_PASTS = 10_000
MOST_OPEN_TURNS = 10_000
UNKNOWN_SESSION = ""
"""Of a turn that is not stored."""


Notes = Callable[[IncomingMessage, str], Sequence[RowWrite]]
"""What is written together with a message that a character is asked, because it can be understood at once. The text is
what the same person said before it."""


def nothing_noted(_message: IncomingMessage, _previous: str) -> Sequence[RowWrite]:
    """Write nothing else."""
    return ()


class MemoryService:
    """History, sessions and what follows from a message being written."""

    def __init__(
        self,
        store: MemoryStore,
        writer: Writer,
        profiles: Profiles,
        clock: Clock,
        *,
        session_idle: timedelta,
        notes: Notes = nothing_noted,
        pictures: WaitingPictures | None = None,
        wake_jobs: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._writer = writer
        self._notes = notes
        self._pictures = pictures or NoPictures()
        self._wake_jobs = wake_jobs
        self._profiles = profiles
        self._clock = clock
        self._session_idle = session_idle
        self.running = RunningConversations(clock, idle=session_idle)
        self._kept: OrderedDict[str, bool] = OrderedDict()
        self._sessions = Sessions(store, idle=session_idle)
        self._long: set[tuple[str, str, bool, bool]] = set()

    async def profile(self, author: Author) -> Profile:
        """Return a person's profile; raises StoreUnavailable when SQL is away and nothing is known of them."""
        return await self._profiles.of(author)

    def tell(self, author: Author) -> bool:
        """Note that a person is being told what is kept; False when they know. Stored with the end of their turn."""
        return self._profiles.tell(author)

    async def keep(self, message: IncomingMessage, *, turn_id: str | None = None) -> None:
        """Store a message that waits to be answered in turn `turn_id`, or that was only overheard (None)."""
        kept = await self._may_keep(message.author, message.audience, turn_id)
        if kept is False:
            self.running.hear(message, turn_id)
            return
        session_id, rows = await self._sessions.at(message.audience, message.sent_at)
        rows += message_rows([message], session_id, turn_id)
        await self._keep_pictures([message], sure=kept)
        if turn_id is None:
            rows.append(self._indexed_soon(message.id))
        await self._write(rows, sure=kept)

    async def begin_turn(self, turn: Turn) -> str:
        """Store what was asked, and what is understood from it at once; return the session's id.

        A turn whose end is never stored counts as interrupted. Indexing waits for the end of the turn: before the first
        word the machine has better things to do.
        """
        kept = await self._may_keep(turn.author, turn.audience, turn.id)
        if kept is False:
            self._hold(turn)
            return UNKNOWN_SESSION
        session_id, rows = await self._sessions.at(turn.audience, turn.messages[-1].sent_at)
        introduction = self._profiles.introduction(turn.author, self._clock.now())
        rows += [*introduction, *message_rows(turn.messages, session_id, turn.id)]
        for message in turn.messages:
            rows += self._noted(message, session_id)
        await self._keep_pictures(turn.messages, sure=kept)
        await self._write(rows, sure=kept)
        if introduction:
            await self._profiles.written(turn.author)
        return session_id

    async def finish_turn(
        self,
        turn: Turn,
        session_id: str,
        status: str,
        *,
        name: str,
        reply: str,
        error: str | None,
        calls: Sequence[RowWrite],
        route: Route | None = None,
        grown: Sequence[RowWrite] = (),
    ) -> None:
        """Close the turn in one transaction: its outcome, the reply unless it is empty, what else it leaves behind.

        `name` is the character's display name; `route` is how the turn was thought about. `calls` are the rows of the
        model calls it took, and that of its reasoning trace; `grown` those of what it did to the relationship.
        """
        now = self._clock.now()
        kept = await self._may_keep(turn.author, turn.audience, turn.id)
        self._kept.pop(turn.id, None)
        if kept is False:
            await self._finish_unkept(turn, name, reply, calls)
            return
        rows = [turn_row(turn, session_id, status, now, error, route)]
        if reply:
            rows.append(reply_row(turn, session_id, name, reply, now))
        told = [replace(row, needs=turn.messages[-1].id) for row in self._profiles.confirmation(turn.author, now)]
        await self._write([*told, *rows, *calls, *grown, self._indexed_soon(turn.id)], sure=kept)
        if told:
            await self._profiles.written(turn.author, noticed=True)

    async def record(self, turn: Turn, calls: Sequence[RowWrite]) -> None:
        """Store model calls of a turn that has not ended."""
        if not calls:
            return
        kept = await self._may_keep(turn.author, turn.audience, turn.id)
        await self._write(only_costs(calls) if kept is False else calls, sure=kept)

    async def session_at(self, audience: Audience, moment: datetime) -> tuple[str, list[RowWrite]]:
        """Return the session that something said at this moment belongs to, and the rows that open it if it is new."""
        return await self._sessions.at(audience, moment)

    async def edit(self, character: str, platform_message_id: str, text: str) -> bool:
        """Replace the text of a stored message; say whether there was one (or may be: SQL is away)."""
        if self.running.edit(character, platform_message_id, text):
            return True
        return await self._change(RefChange(character, platform_message_id, text))

    async def delete(self, character: str, platform_message_id: str) -> bool:
        """Remove a stored message and its vector; say whether there was one (or may be: SQL is away)."""
        if self.running.delete(character, platform_message_id):
            return True
        return await self._change(RefChange(character, platform_message_id, None))

    async def link(self, character: str, message_id: str, platform_message_ids: Sequence[str]) -> None:
        """Note which platform messages show a stored reply."""
        if self.running.holds(character, message_id):
            self.running.link(character, message_id, platform_message_ids)
            return
        await self._writer.write([ref_row(character, ref, message_id) for ref in platform_message_ids])

    async def forget_last(self, audience: Audience) -> ForgottenExchange | None:
        """Remove the last exchange of this user with this character here; None when there is none.

        Raises StoreUnavailable while the exchange may not be written yet: another one would be removed instead.
        """
        if await self._is_held_last(audience):
            return self.running.forget_last(audience)
        await self._writer.require_caught_up()
        ids, platform_ids = await self._store.forget_last(audience)
        if not ids:
            return None
        self._wake_jobs()
        return ForgottenExchange(tuple(ids), tuple(platform_ids))

    async def conversation(self, audience: Audience, limit: int) -> list[StoredMessage]:
        """Return the last `limit` messages of this conversation, oldest first, as far as they may be used."""
        stored = await self._store.recent(audience, limit) if await self._may_read(audience) else []
        return together(stored, self.running.conversation(audience), limit)

    async def said(
        self,
        audience: Audience,
        limit: int,
        *,
        here: bool,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[StoredMessage]:
        """Return the newest `limit` messages of a time as far as they may be used, oldest first, in turn order.

        From `since` until before `until`; with `here` of this channel only. What is only held is held of this channel.
        """
        may_read = await self._may_read(audience)
        stored = await self._store.said(audience, limit, here=here, since=since, until=until) if may_read else []
        said = [seen_by(audience.character, message) for message in stored]
        held = [one for one in self.running.conversation(audience) if _within(one.created_at, since, until)]
        return together(said, held, limit)

    async def everything(self, audience: Audience, limit: int) -> list[StoredMessage] | None:
        """Return all that may surface in front of `audience`, oldest first; None when it is more than `limit`.

        Once it was more, that is taken to stay so.
        """
        whose = audience.guild_id or audience.user_id
        place = (audience.character, whose, audience.shared, audience.without_servers)
        if place in self._long:
            return None
        said = await self._store.everything(audience, limit + 1)
        if len(said) <= limit:
            said = [seen_by(audience.character, message) for message in said]
            return together(said, self.running.conversation(audience), 2 * limit)
        if len(self._long) >= MOST_LONG_PASTS:
            self._long.clear()
        self._long.add(place)
        return None

    async def quoted(self, audience: Audience, platform_message_id: str) -> StoredMessage | None:
        """Return the message that another one replies to, when it is there and may surface here."""
        held = self.running.by_ref(audience, platform_message_id)
        if held is not None or not await self._may_read(audience):
            return held
        return await self._store.by_ref(audience, platform_message_id)

    async def unanswered(self, audience: Audience) -> list[IncomingMessage]:
        """Return what the user said here since the last reply, ready to be asked again."""
        stored = await self._store.unanswered(audience) if await self._may_read(audience) else []
        said = together(stored, self.running.exchange(audience), len(stored) + MOST_MESSAGES)
        return [replace(again, pictures=await self._pictures.of(again)) for again in map(_again, still_open(said))]

    async def interrupted(self, platform: str) -> list[InterruptedTurn]:
        """Return the turns of `platform` that a stop or crash cut off lately; older ones are given up."""
        since = self._clock.now() - INTERRUPTED_FOR
        turns: dict[str, InterruptedTurn] = {}
        for turn_id, character, channel_id, ref in await self._store.interrupted(platform, since):
            before = turns.get(turn_id)
            refs = (*before.platform_message_ids, ref) if before else (ref,)
            turns[turn_id] = InterruptedTurn(character, channel_id, refs)
        return list(turns.values())

    async def session_active(self, character: str, channel_id: str) -> bool:
        """Whether the character spoke in this channel within the time that ends a session."""
        since = self._clock.now() - self._session_idle
        if self.running.spoke_since(character, channel_id, since):
            return True
        return await self._store.spoke_since(character, channel_id, since)

    async def let_go(self, user_id: str) -> None:
        """Drop what this process holds of a person, who is being erased."""
        self.running.drop(user_id)
        self._sessions.drop_all_of(user_id)
        self._long = {place for place in self._long if place[1] != user_id}
        await self._profiles.forget(user_id)

    async def _may_keep(self, author: Author, audience: Audience, turn_id: str | None) -> bool | None:
        """Say whether what a person says here is kept; None when that cannot be known while SQL is away.

        A turn keeps to what was known first: a switch holds from the next message on.
        """
        if turn_id is not None and turn_id in self._kept:
            return self._kept[turn_id]
        try:
            kept = (await self._profiles.of(author)).remembers(audience)
        except StoreUnavailable:
            return None
        if turn_id is not None:
            kept = self._kept.setdefault(turn_id, kept)
            if len(self._kept) > MOST_OPEN_TURNS:
                self._kept.popitem(last=False)
        return kept

    async def _may_read(self, audience: Audience) -> bool:
        """Whether what is stored may be used here; in a server the store leaves out those who do not want it."""
        return not audience.is_private or (await self._profiles.switches(audience.user_id)).keeps(None)

    async def _is_held_last(self, audience: Audience) -> bool:
        """Whether the last exchange here is one that is only held."""
        held = self.running.exchange(audience)
        if not (await self._profiles.switches(audience.user_id)).keeps(audience.guild_id):
            return True
        last = await self._store.last_session(audience) if held else None
        return bool(held) and (last is None or last[1] < held[-1].created_at)

    async def _write(self, rows: Sequence[RowWrite], *, sure: bool | None) -> None:
        """Write rows, or let them wait when it is not known whether they may be kept."""
        await (self._writer.put_off(rows) if sure is None else self._writer.write(rows))

    def _hold(self, turn: Turn) -> None:
        for message in turn.messages:
            self.running.hear(message, turn.id)

    async def _finish_unkept(self, turn: Turn, name: str, reply: str, calls: Sequence[RowWrite]) -> None:
        """Hold how a turn went on; what was noted of it when nobody could know is given up."""
        self._hold(turn)
        if reply:
            self.running.reply(turn, name, reply, self._clock.now())
        self._sessions.drop(turn.audience)
        if costs := only_costs(calls):
            await self._writer.write(costs)

    async def _change(self, change: RefChange) -> bool:
        return await self._writer.write(change)

    def _noted(self, message: IncomingMessage, session_id: str) -> list[RowWrite]:
        """Return what is understood from a message at once; what its former version taught is taken back."""
        last = self._sessions.said(session_id, message)
        if last is None or last.id != message.id:
            return list(self._notes(message, last.text if last else ""))
        if last.text == message.text:
            return []
        whose = message.audience
        changed = ChangedMessage(message.id, None, gone=False, character=whose.character, user_id=whose.user_id)
        return self._store.follow_up_rows([changed])

    async def _keep_pictures(self, messages: Sequence[IncomingMessage], *, sure: bool | None) -> None:
        """Have pictures described; not of those who may not want them kept."""
        for message in messages:
            if message.pictures and sure:
                await self._pictures.keep(message)

    def _indexed_soon(self, occasion: str) -> RowWrite:
        return outbox_row(index_request(occasion), self._clock.now())


def _within(at: datetime, since: datetime | None, until: datetime | None) -> bool:
    return (since is None or at >= since) and (until is None or at < until)


def _again(message: StoredMessage) -> IncomingMessage:
    audience = Audience(message.character, message.user_id, message.channel_id, message.visibility, message.guild_id)
    author = Author(message.speaker_id, message.speaker_name)
    fields: dict[str, Any] = dict(text=message.text, sent_at=message.created_at, scene=Scene())
    return IncomingMessage(message.id, author, audience, platform=message.platform, **fields)
