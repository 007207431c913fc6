"""Conversations of people who do not want to be remembered: held in this process only, as long as they last.

Nothing here is ever written anywhere. In a channel they stand in the transcript like what everybody else says.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import takewhile

from src_v2.core.audience import Audience, visible_to
from src_v2.core.clock import Clock
from src_v2.core.filters import matches
from src_v2.core.messages import IncomingMessage, Role, StoredMessage, Turn
from src_v2.memory.models import ForgottenExchange
from src_v2.memory.turn_order import in_turn_order

MOST_MESSAGES = 60
"""Of one conversation: as many as a prompt looks at."""
MOST_CONVERSATIONS = 1_000
"""The longest silent go first. About 60 kB each when people write at length."""
DROP_EVERY_S = 60.0

Place = tuple[str, str]
"""A character and a channel."""


@dataclass(slots=True)
class Said:
    """One message and the platform's names for it."""

    message: StoredMessage
    refs: set[str] = field(default_factory=set)


class RunningConversations:
    """What is said and not kept. A conversation goes when nobody spoke in it for `idle`."""

    def __init__(self, clock: Clock, *, idle: timedelta) -> None:
        self._clock = clock
        self._idle = idle
        self._places: OrderedDict[Place, dict[str, Said]] = OrderedDict()

    def hear(self, message: IncomingMessage, turn_id: str | None) -> None:
        """Hold what a person says; what is there already is brought up to date."""
        refs = {message.platform_message_id} if message.platform_message_id is not None else set()
        self._put(_heard(message, turn_id), refs)

    def reply(self, turn: Turn, name: str, text: str, at: datetime) -> None:
        """Hold the reply to a turn; `name` is the character's display name."""
        said = _heard(turn.messages[-1], turn.id)
        speaker = f"character:{turn.audience.character}"
        self._put(replace(said, id=turn.reply_id, speaker_id=speaker, speaker_name=name, role=Role.CHARACTER,
                          text=text, created_at=at), set())  # fmt: skip

    def conversation(self, audience: Audience) -> list[StoredMessage]:
        """Return what is held of this channel and may surface in front of `audience`, in the order of the turns."""
        may_hear = visible_to(audience)
        place = self._places_now().get((audience.character, audience.channel_id), {})
        heard = [one.message for one in place.values() if matches(may_hear, _fields(one.message))]
        return in_turn_order(sorted(heard, key=_order))

    def exchange(self, audience: Audience) -> list[StoredMessage]:
        """Return what passed between this user and this character here."""
        return [message for message in self.conversation(audience) if message.user_id == audience.user_id]

    def by_ref(self, audience: Audience, ref: str) -> StoredMessage | None:
        """Return the message that a platform id names."""
        place = self._places_now().get((audience.character, audience.channel_id), {})
        found = next((one for one in place.values() if ref in one.refs), None)
        return found.message if found and matches(visible_to(audience), _fields(found.message)) else None

    def holds(self, character: str, message_id: str) -> bool:
        """Whether a message is held here."""
        return self._with_id(character, message_id) is not None

    def link(self, character: str, message_id: str, refs: Sequence[str]) -> None:
        """Note which platform messages show a held reply."""
        if said := self._with_id(character, message_id):
            said.refs.update(refs)

    def edit(self, character: str, ref: str, text: str) -> bool:
        """Replace the text of a held message; False when there is none."""
        found = self._with_ref(character, ref)
        if found is not None:
            found[1].message = replace(found[1].message, text=text)
        return found is not None

    def delete(self, character: str, ref: str) -> bool:
        """Drop a held message; False when there is none."""
        found = self._with_ref(character, ref)
        if found is not None:
            place, said = found
            del place[said.message.id]
        return found is not None

    def forget_last(self, audience: Audience) -> ForgottenExchange | None:
        """Drop the last exchange of this user here; None when there is none."""
        said = self.exchange(audience)
        last = next((one.turn_id for one in reversed(said) if one.role is Role.USER and one.turn_id), None)
        if last is None:
            return None
        place = self._places[audience.character, audience.channel_id]
        gone = [place.pop(message.id) for message in said if message.turn_id == last]
        refs = tuple(sorted(ref for one in gone for ref in one.refs))
        return ForgottenExchange(tuple(one.message.id for one in gone), refs)

    def drop(self, user_id: str) -> None:
        """Drop everything of a person."""
        for place in self._places.values():
            for said in [one for one in place.values() if user_id in {one.message.user_id, one.message.speaker_id}]:
                del place[said.message.id]

    def spoke_since(self, character: str, channel_id: str, since: datetime) -> bool:
        """Whether the character said something held here since then."""
        place = self._places_now().get((character, channel_id), {})
        return any(one.message.role is Role.CHARACTER and one.message.created_at >= since for one in place.values())

    async def keep_dropping(self) -> None:
        """Drop what fell silent, also while nobody speaks; runs until cancelled."""
        while True:
            await self._clock.sleep(DROP_EVERY_S)
            self._places_now()

    def _put(self, message: StoredMessage, refs: set[str]) -> None:
        key = (message.character, message.channel_id)
        place = self._places_now().setdefault(key, {})
        known = place.get(message.id)
        place[message.id] = Said(message, refs | (known.refs if known else set()))
        while len(place) > MOST_MESSAGES:
            del place[next(iter(place))]
        self._places.move_to_end(key)
        if len(self._places) > MOST_CONVERSATIONS:
            self._places.popitem(last=False)

    def _places_now(self) -> OrderedDict[Place, dict[str, Said]]:
        """Return the conversations that go on; those that fell silent are dropped."""
        silent_since = self._clock.now() - self._idle
        while self._places:
            place = next(iter(self._places.values()))  # the one that was spoken in longest ago
            if any(one.message.created_at >= silent_since for one in place.values()):
                break
            self._places.popitem(last=False)
        return self._places

    def _with_id(self, character: str, message_id: str) -> Said | None:
        found = (place.get(message_id) for (name, _), place in self._places_now().items() if name == character)
        return next((said for said in found if said is not None), None)

    def _with_ref(self, character: str, ref: str) -> tuple[dict[str, Said], Said] | None:
        for (name, _), place in self._places_now().items():
            if name == character and (said := next((one for one in place.values() if ref in one.refs), None)):
                return place, said
        return None


def together(kept: Sequence[StoredMessage], held: Sequence[StoredMessage], limit: int) -> list[StoredMessage]:
    """Return what is stored and what is only held as one conversation: the newest `limit`, in turn order."""
    if not held:
        return list(kept)
    one_each = {message.id: message for message in (*kept, *held)}
    return in_turn_order(sorted(one_each.values(), key=_order)[-limit:])


def still_open(said: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return what the user said since the last reply, oldest first."""
    return list(takewhile(lambda message: message.role is Role.USER, reversed(said)))[::-1]


def _order(message: StoredMessage) -> tuple[datetime, str]:
    return message.created_at, message.id


def _heard(message: IncomingMessage, turn_id: str | None) -> StoredMessage:
    audience = message.audience
    return StoredMessage(
        id=message.id, turn_id=turn_id, session_id=None, character=audience.character, user_id=audience.user_id,
        speaker_id=message.author.user_id, speaker_name=message.author.name, role=Role.USER, text=message.text,
        platform=message.platform, channel_id=audience.channel_id, guild_id=audience.guild_id,
        visibility=audience.visibility, created_at=message.sent_at,
    )  # fmt: skip


def _fields(message: StoredMessage) -> dict[str, object]:
    return {
        "character": message.character, "user_id": message.user_id, "channel_id": message.channel_id,
        "guild_id": message.guild_id, "visibility": message.visibility.value,
    }  # fmt: skip
