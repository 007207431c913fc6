"""The HTTP API: what a browser or a program can ask, and how the answers look.

Every error is `{"error": {"code", "message"}}`. A turn's id is that of its event stream; it can be followed again for a
few minutes after its end.
"""

from dataclasses import asdict, dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from src_v2.core.errors import CharacterError, CharacterNotFound
from src_v2.core.messages import StopReason
from src_v2.interfaces.web.failures import ApiError
from src_v2.interfaces.web.people import LOCAL_PERSON, USER_ID_PATTERN, Person, api_person
from src_v2.interfaces.web.pictures import HeldPictures
from src_v2.interfaces.web.ports import CharacterCard, ReloadableCharacters, WebOptions
from src_v2.interfaces.web.replies import Replies
from src_v2.interfaces.web.sign_in import SignIn
from src_v2.interfaces.web.sse import PING_S, arrival_stream, reply_stream
from src_v2.interfaces.web.surface import ReplySurface
from src_v2.interfaces.web.upload import whole_body
from src_v2.media.pictures import MOST_BYTES_IN
from src_v2.memory.patterns.models import Mark

SHOWN_MESSAGES = 100
MAX_SHOWN_MESSAGES = 500
PICTURES_PATH = "/api/pictures"
LONGEST_FILE_NAME = 255

MessageId = Annotated[str, Path(max_length=100)]
UserId = Annotated[str, Field(pattern=USER_ID_PATTERN)]


class User(BaseModel):
    """A person that a program speaks for."""

    id: UserId
    name: str = Field("", max_length=100)


class ConversationOf(BaseModel):
    """Which conversation is meant; without a user, that of the person in front of this machine."""

    character: str = ""
    user: User | None = None


class ChatRequest(ConversationOf):
    """A message. `message_id` is the client's own id for it: sent twice, it counts once.

    `timezone` is the IANA name of where the person is, so that the character knows their time of day. `pictures` are
    the ids of what the same person handed in before.
    """

    text: str
    timezone: Annotated[str, Field(pattern=r"^[A-Za-z0-9_+/-]{0,64}$")] = ""
    stream: bool = True
    pictures: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=16)] = []
    message_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{8,64}$")] | None = None


class RetryRequest(ConversationOf):
    """Ask for an answer to what has got none."""

    stream: bool = True


class MarkRequest(ConversationOf):
    """What somebody thinks of a reply: "up", "down", or "" to take it back."""

    mark: Mark


class PressRequest(ConversationOf):
    """A button below a message that came by itself."""

    action: str = Field(max_length=64)


class TokenRequest(BaseModel):
    """The sign-in form."""

    token: str = Field(max_length=1024)


@dataclass(frozen=True, slots=True)
class Api:
    """The handlers and what they need."""

    replies: Replies
    characters: ReloadableCharacters
    sign_in: SignIn
    options: WebOptions
    pictures: HeldPictures

    def router(self) -> APIRouter:
        """Return the routes."""
        router = APIRouter(prefix="/api")
        router.add_api_route("/characters", self.list_characters, methods=["GET"])
        router.add_api_route("/characters/{name}/reload", self.reload_character, methods=["POST"])
        router.add_api_route("/conversation", self.conversation, methods=["GET"])
        router.add_api_route("/chat", self.chat, methods=["POST"], response_model=None)
        router.add_api_route(PICTURES_PATH.removeprefix("/api"), self.hand_in, methods=["POST"], status_code=201)
        router.add_api_route("/chat/retry", self.retry, methods=["POST"], response_model=None)
        router.add_api_route("/chat/forget-last", self.forget_last, methods=["POST"])
        router.add_api_route("/messages/{message_id}/mark", self.mark, methods=["PUT"])
        router.add_api_route("/messages/{message_id}/press", self.press, methods=["POST"])
        router.add_api_route("/arrivals", self.arrivals, methods=["GET"], response_model=None)
        router.add_api_route("/turns/{turn_id}/events", self.follow, methods=["GET"], response_model=None)
        router.add_api_route("/turns/{turn_id}/stop", self.stop, methods=["POST"])
        router.add_api_route("/session", self.begin_session, methods=["POST"], status_code=204)
        router.add_api_route("/session", self.end_session, methods=["DELETE"], status_code=204)
        return router

    async def list_characters(self) -> dict[str, Any]:
        """Return the characters one can talk to and which one the page opens with."""
        names = self.characters.names()
        cards = [self.characters.get(name) for name in names]
        default = self.options.default_character
        return {
            "characters": [{"name": card.name, "display_name": card.display_name} for card in cards],
            "default": default if default in names else next(iter(names), None),
        }

    async def reload_character(self, name: str) -> dict[str, Any]:
        """Read a character's folder again and return what is wrong with it."""
        try:
            await self.characters.reload(name)
        except CharacterNotFound as error:
            raise self._unknown_character() from error
        except CharacterError:
            loaded = False  # the reasons are among the problems below
        else:
            loaded = True
        own = [p for p in self.characters.problems() if getattr(p, "character", "") == name.lower()]
        return {"loaded": loaded, "problems": [str(problem) for problem in own]}

    async def conversation(
        self,
        character: str = "",
        user: Annotated[str | None, Query(pattern=USER_ID_PATTERN)] = None,
        limit: Annotated[int, Query(ge=1, le=MAX_SHOWN_MESSAGES)] = SHOWN_MESSAGES,
    ) -> dict[str, Any]:
        """Return the newest messages of a conversation and what is going on in it."""
        person = api_person(user) if user else LOCAL_PERSON
        view = await self.replies.conversation(person.audience(self._character(character).name), limit)
        return {**asdict(view), "demo": self.options.demo, "model": self.options.model_name}

    async def chat(self, asked: ChatRequest) -> Response:
        """Say something; the reply comes as an event stream, or whole when `stream` is false."""
        name = self._character(asked.character).name
        person = _person(asked.user).in_timezone(asked.timezone)
        reply = self.replies.asked_as(person.audience(name), asked.message_id)
        if reply is None:
            pictures = self.pictures.of(person.author.user_id, asked.pictures)
            reply = await self.replies.say(person, name, asked.text, asked.message_id, pictures)
            self.pictures.sent(asked.pictures)
        return await _answer(reply, stream=asked.stream)

    async def hand_in(
        self,
        request: Request,
        name: Annotated[str, Query(max_length=LONGEST_FILE_NAME)] = "",
        user: Annotated[str | None, Query(pattern=USER_ID_PATTERN)] = None,
    ) -> dict[str, Any]:
        """Take a picture in (the body is the file) and return its id, for a message within the next 15 minutes."""
        person = api_person(user) if user else LOCAL_PERSON
        data = await whole_body(request, MOST_BYTES_IN)
        key, picture = await self.pictures.put(person.author.user_id, data, name)
        return {"id": key, "name": picture.name, "width": picture.width, "height": picture.height}

    async def retry(self, asked: RetryRequest) -> Response:
        """Answer what has got no reply."""
        audience = _person(asked.user).audience(self._character(asked.character).name)
        return await _answer(await self.replies.retry(audience), stream=asked.stream)

    async def forget_last(self, asked: ConversationOf) -> dict[str, bool]:
        """Forget the last exchange everywhere."""
        audience = _person(asked.user).audience(self._character(asked.character).name)
        return {"forgotten": await self.replies.forget_last(audience)}

    async def mark(self, message_id: MessageId, asked: MarkRequest) -> dict[str, str]:
        """Note what the person thinks of a reply to them."""
        audience = _person(asked.user).audience(self._character(asked.character).name)
        await self.replies.mark(audience, message_id, asked.mark)
        return {"message_id": message_id, "mark": asked.mark.value}

    async def press(self, message_id: MessageId, asked: PressRequest) -> dict[str, str]:
        """Do what a button below a message that came by itself says."""
        audience = _person(asked.user).audience(self._character(asked.character).name)
        return {"message_id": message_id, "text": await self.replies.press(audience, message_id, asked.action)}

    async def arrivals(
        self, character: str = "", user: Annotated[str | None, Query(pattern=USER_ID_PATTERN)] = None
    ) -> Response:
        """Return what the character says by itself in a conversation from now on, as an event stream."""
        person = api_person(user) if user else LOCAL_PERSON
        audience = person.audience(self._character(character).name)
        return arrival_stream(self.replies.arrivals.of(audience, idle_s=PING_S))

    async def follow(
        self,
        turn_id: str,
        after: Annotated[int | None, Query(ge=-1)] = None,
        last_event_id: Annotated[int | None, Header(ge=-1)] = None,
    ) -> Response:
        """Return the events of a turn behind the given one, then those to come."""
        seen = next((index for index in (after, last_event_id) if index is not None), -1)
        return reply_stream(self._turn(turn_id), seen)

    async def stop(self, turn_id: str) -> dict[str, bool]:
        """Stop a turn that is being answered; what has been said stays."""
        return {"stopped": await self.replies.stop(self._turn(turn_id))}

    async def begin_session(self, request: Request, asked: TokenRequest) -> Response:
        """Sign in with the token."""
        response = Response(status_code=204)
        self.sign_in.begin(request, asked.token, response)
        return response

    async def end_session(self) -> Response:
        """Sign out."""
        response = Response(status_code=204)
        self.sign_in.end(response)
        return response

    def _character(self, name: str) -> CharacterCard:
        try:
            return self.characters.get((name or self.options.default_character).strip().lower())
        except CharacterNotFound as error:
            raise self._unknown_character() from error

    def _unknown_character(self) -> ApiError:
        known = list(self.characters.names())
        text = f"There is no character of that name. I know: {', '.join(known) or 'nobody yet'}."
        return ApiError(404, "unknown_character", text, known=known)

    def _turn(self, turn_id: str) -> ReplySurface:
        reply = self.replies.find(turn_id)
        if reply is None:
            raise ApiError(404, "unknown_turn", "That turn is over; the conversation has what was said.")
        return reply


def _person(user: User | None) -> Person:
    return LOCAL_PERSON if user is None else api_person(user.id, " ".join(user.name.split()))


async def _answer(reply: ReplySurface, *, stream: bool) -> Response:
    """Return the reply as a stream, or wait for its end and return it whole."""
    if stream:
        return reply_stream(reply)
    final = await reply.ended()
    if final.name == "failed":
        raise ApiError(503, "no_reply", final.data["text"], turn_id=reply.id, retryable=final.data["retryable"])
    reason = final.data.get("reason")
    if reason == StopReason.SHUTDOWN:
        text = "I was interrupted. What you said is kept; ask for an answer again in a moment."
        raise ApiError(503, "interrupted", text, turn_id=reply.id)
    answer = {"turn_id": reply.id, "message_id": final.data.get("message_id"), "text": final.data["text"]}
    return JSONResponse(answer if reason is None else {**answer, "stopped": reason})
