"""What the local model server is told to do, and what it was asked."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a tool; `arguments` is JSON text, well-formed or not."""

    name: str
    arguments: str = "{}"
    id: str = "call_1"


@dataclass(slots=True)
class Script:
    """One answer.

    `text` is sent token by token (a token is a word with the space before it), the first after
    `first_token_delay_s`, the others at `tokens_per_second` (None: at once, all in one packet unless
    `packet_per_token`). `hold` stalls the answer before token number `hold_before` until the event is set.
    `break_after` cuts the connection after that many tokens; `hang_up` cuts it without any answer. `status` other than
    200 answers with `error_code` and `headers`. `raw` is sent instead of a well-formed stream.
    """

    text: str = ""
    first_token_delay_s: float = 0.0
    tokens_per_second: float | None = None
    packet_per_token: bool = False
    tool_calls: Sequence[ToolCall] = ()
    reasoning: str = ""
    hold: asyncio.Event | None = None
    hold_before: int = 0
    break_after: int | None = None
    hang_up: bool = False
    status: int = 200
    error_code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: Sequence[bytes] | None = None
    finish_reason: str | None = None
    send_finish: bool = True
    send_done: bool = True
    report_usage: bool = True
    cached_tokens: int = 0
    reasoning_tokens: int = 0
    ignore_stream: bool = False

    @property
    def tokens(self) -> list[str]:
        """The text in pieces; joined they are the text."""
        pieces = _TOKEN.findall(self.text)
        rest = self.text[sum(map(len, pieces)) :]
        return [*pieces[:-1], pieces[-1] + rest] if pieces else []

    @property
    def ends_with(self) -> str:
        """OpenAI's finish reason for this answer."""
        return self.finish_reason or ("tool_calls" if self.tool_calls else "stop")


@dataclass(slots=True)
class ReceivedRequest:
    """One request as it came in. `disconnected` is set when the client left before the answer was complete."""

    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    disconnected: asyncio.Event = field(default_factory=asyncio.Event)
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """The messages of the prompt."""
        return list(self.body.get("messages", ()))

    @property
    def last_text(self) -> str:
        """The text of the last message."""
        content = self.messages[-1]["content"] if self.messages else ""
        if isinstance(content, str):
            return content
        return "".join(part.get("text", "") for part in content or ())

    @property
    def prompt_tokens(self) -> int:
        """What the server claims the prompt to be: a fixed rule, so that tests can tell it from estimates."""
        return 100 + len(self.messages)
