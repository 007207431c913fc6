"""A conversation as the terminal sees it, wherever it is kept, and the one that this very process keeps."""

from collections.abc import AsyncIterator
from typing import Protocol

from src_v2.interfaces.terminal_marks import Markable
from src_v2.interfaces.terminal_said import Pressable
from src_v2.interfaces.web.client import PictureFile
from src_v2.interfaces.web.people import LOCAL_PERSON
from src_v2.interfaces.web.replies import ConversationView, Line, Replies
from src_v2.interfaces.web.surface import StreamEvent
from src_v2.media.pictures import Pictures
from src_v2.memory.patterns.models import Mark


class Chat(Markable, Pressable, Protocol):
    """One person's conversation with one character, wherever it is kept."""

    def say(self, text: str, picture: PictureFile | None = None) -> AsyncIterator[StreamEvent]:
        """Say something, with a picture or without, and yield the reply's events to its end."""
        ...

    def retry(self) -> AsyncIterator[StreamEvent]:
        """Ask for the answer that is missing and yield its events."""
        ...

    def follow(self, turn_id: str) -> AsyncIterator[StreamEvent]:
        """Yield the events of a turn that is running already."""
        ...

    def arrivals(self) -> AsyncIterator[Line]:
        """Yield what the character says by itself from now on."""
        ...

    async def stop(self, turn_id: str) -> None:
        """Stop a running turn."""
        ...

    async def forget_last(self) -> bool:
        """Forget the last exchange; False when there is none."""
        ...


class LocalChat:
    """The conversation as this process keeps it."""

    def __init__(self, replies: Replies, character: str) -> None:
        self._replies = replies
        self._character = character
        self._audience = LOCAL_PERSON.audience(character)
        self._pictures = Pictures()

    async def conversation(self, limit: int) -> ConversationView:
        """Return the newest messages and what is going on."""
        return await self._replies.conversation(self._audience, limit)

    async def say(self, text: str, picture: PictureFile | None = None) -> AsyncIterator[StreamEvent]:
        """Say something, with a picture or without, and yield the reply's events to its end."""
        pictures = [await self._pictures.open(picture.data, picture.name)] if picture else []
        reply = await self._replies.say(LOCAL_PERSON, self._character, text, pictures=pictures)
        async for event in self.follow(reply.id):
            yield event

    async def retry(self) -> AsyncIterator[StreamEvent]:
        """Ask for the answer that is missing and yield its events."""
        reply = await self._replies.retry(self._audience)
        async for event in self.follow(reply.id):
            yield event

    async def follow(self, turn_id: str) -> AsyncIterator[StreamEvent]:
        """Yield the events of a turn that is running already."""
        reply = self._replies.find(turn_id)
        if reply is not None:
            async for event in reply.events():
                if event is not None:
                    yield event

    async def stop(self, turn_id: str) -> None:
        """Stop a running turn."""
        reply = self._replies.find(turn_id)
        if reply is not None:
            await self._replies.stop(reply)

    async def forget_last(self) -> bool:
        """Forget the last exchange; False when there is none."""
        return await self._replies.forget_last(self._audience)

    async def arrivals(self) -> AsyncIterator[Line]:
        """Yield what the character says by itself from now on."""
        async for line in self._replies.arrivals.of(self._audience):
            if line is not None:
                yield line

    async def press(self, message_id: str, action: str) -> str:
        """Press a button below a message."""
        return await self._replies.press(self._audience, message_id, action)

    async def mark(self, message_id: str, mark: Mark) -> None:
        """Say what one thinks of a reply."""
        await self._replies.mark(self._audience, message_id, mark)
