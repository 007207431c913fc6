"""Things that go wrong on command: the next requests to a route are answered with an error, or left hanging."""

import asyncio
from dataclasses import dataclass, field

from tests.support.discord.answers import Answer
from tests.support.discord.ratelimit import refusal

CREATE_MESSAGE = "POST /channels/{channel_id}/messages"
EDIT_MESSAGE = "PATCH /channels/{channel_id}/messages/{message_id}"
DELETE_MESSAGE = "DELETE /channels/{channel_id}/messages/{message_id}"
LIST_MESSAGES = "GET /channels/{channel_id}/messages"
TYPING = "POST /channels/{channel_id}/typing"
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
GET_ME = "GET /users/@me"


@dataclass
class Fault:
    """An error that the next `times` requests get. `served` counts how often it was given."""

    answer: Answer
    times: int
    served: int = 0


@dataclass
class Hold:
    """A request left without an answer. It reaches its handler only after `release()`."""

    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let the held request go on, and those that come after."""
        self._released.set()

    async def wait(self) -> None:
        """Keep the request until it is released."""
        self.arrived.set()
        await self._released.wait()


class Faults:
    """The faults that wait for their route."""

    def __init__(self) -> None:
        self._errors: dict[str, list[Fault]] = {}
        self._holds: dict[str, Hold] = {}

    def fail(self, route: str, status: int, times: int, retry_after: float) -> Fault:
        """Answer the next `times` requests to `route` with `status`."""
        fault = Fault(_answer(status, retry_after), times)
        self._errors.setdefault(route, []).append(fault)
        return fault

    def hang(self, route: str) -> Hold:
        """Leave requests to `route` hanging until released."""
        hold = self._holds[route] = Hold()
        return hold

    def release_all(self) -> None:
        """Let everything go on."""
        for hold in self._holds.values():
            hold.release()

    async def meet(self, route: str) -> Answer | None:
        """Let a request meet what was prepared for its route; return the error it gets, if any."""
        if route in self._holds:
            await self._holds[route].wait()
        for fault in self._errors.get(route, ()):
            if fault.served < fault.times:
                fault.served += 1
                return fault.answer
        return None


def _answer(status: int, retry_after: float) -> Answer:
    if status == 429:
        return refusal(retry_after)
    return Answer(status, {"message": f"{status}: injected", "code": 0})
