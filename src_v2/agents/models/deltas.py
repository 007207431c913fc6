"""Turns the events of a streamed chat completion into LangChain chunks.

Plain text takes a short path, several pieces of one read becoming one chunk; everything else (tool calls, usage, the
end) is left to langchain-openai, so that it means here what it means there.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

from src_v2.agents.models.failures import error_in_stream
from src_v2.core.errors import ModelUnavailable

Convert = Callable[[dict[str, Any], type, dict[str, Any] | None], ChatGenerationChunk | None]
PLAIN_DELTA_KEYS = frozenset({"content", "role", "reasoning_content", "reasoning", "refusal"})


class DeltaReader:
    """Reads one answer. `convert` is langchain-openai's conversion of one event."""

    def __init__(self, convert: Convert, provider: str) -> None:
        self._convert = convert
        self._provider = provider
        self._text: list[str] = []
        self._reasoning: list[str] = []
        self._calls = _Calls()
        self.ended = False
        """Whether the model said that its answer is complete."""

    def read(self, events: Iterable[dict[str, Any]]) -> Iterator[ChatGenerationChunk]:
        """Yield the chunks for the events of one socket read; raises ModelError on an error among them."""
        for event in events:
            if event.get("error"):
                raise error_in_stream(event["error"], self._provider)
            choices = event.get("choices")
            if choices and _is_plain(choices[0]) and not event.get("usage"):
                self._take(choices[0]["delta"])
                continue
            yield from self._flush()
            yield from self._convert_special(event, choices)
        yield from self._flush()

    def _take(self, delta: dict[str, Any]) -> None:
        """Keep the text and the reasoning of one plain delta."""
        if text := text_of(delta.get("content")):
            self._text.append(text)
        if reasoning := delta.get("reasoning_content") or delta.get("reasoning"):
            self._reasoning.append(str(reasoning))

    def _flush(self) -> Iterator[ChatGenerationChunk]:
        """Yield what was kept as one chunk. Reasoning is no text of the answer but shows that the model is at work."""
        if not self._text and not self._reasoning:
            return
        extra = {"reasoning_content": "".join(self._reasoning)} if self._reasoning else {}
        message = AIMessageChunk(content="".join(self._text), additional_kwargs=extra)
        self._text.clear()
        self._reasoning.clear()
        yield ChatGenerationChunk(message=message)

    def _convert_special(self, event: dict[str, Any], choices: Any) -> Iterator[ChatGenerationChunk]:
        """Yield the chunk of an event that is more than text."""
        if choices:
            self._note_end(choices[0])
            choices[0]["delta"] = self._in_order(choices[0].get("delta") or {})
        event["choices"] = choices or []
        chunk = self._convert(event, AIMessageChunk, None)
        if chunk is not None:
            yield chunk

    def _in_order(self, delta: dict[str, Any]) -> dict[str, Any]:
        """Return a delta as langchain-openai expects it: text as a string, an index on every tool call."""
        delta["content"] = text_of(delta.get("content"))
        delta["role"] = "assistant"
        for call in delta.get("tool_calls") or ():
            self._calls.put_in_order(call)
        return delta

    def _note_end(self, choice: dict[str, Any]) -> None:
        reason = choice.get("finish_reason")
        if reason == "error":
            raise ModelUnavailable(f"{self._provider} gave up in the middle of the answer")
        self.ended = self.ended or bool(reason)


class _Calls:
    """Which tool call of an answer a piece belongs to.

    Some servers leave the index out: the call would be dropped in silence, or all of them become one.
    """

    def __init__(self) -> None:
        self._index = -1
        self._highest = -1
        self._id = ""
        self._name = ""

    def put_in_order(self, piece: dict[str, Any]) -> None:
        """Give a piece its index: that of a new call when it brings an id or a name of its own, else the last one's."""
        id_, name = piece.get("id") or "", (piece.get("function") or {}).get("name") or ""
        given = piece.get("index")
        index = given if isinstance(given, int) else self._place(id_, name)
        if index != self._index:
            self._index, self._id, self._name = index, "", ""
            self._highest = max(self._highest, index)
        elif given is None:
            _unrepeated(piece, id_ == self._id, name == self._name)
        piece["index"] = index
        self._id, self._name = id_ or self._id, name or self._name

    def _place(self, id_: str, name: str) -> int:
        is_another = id_ != self._id if id_ else bool(name and self._name)
        return self._highest + 1 if is_another or self._index < 0 else self._index


def _unrepeated(piece: dict[str, Any], is_same_id: bool, is_same_name: bool) -> None:
    """Take out of a further piece what it repeats: langchain joins names and ids of pieces."""
    if is_same_id:
        piece.pop("id", None)
    if is_same_name:
        (piece.get("function") or {}).pop("name", None)


def text_of(content: object) -> str:
    """Return the text of a delta's content, which some servers send as a list of typed parts."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (part for part in content if isinstance(part, dict) and part.get("type") == "text")
    return "".join(str(part.get("text", "")) for part in parts)


def _is_plain(choice: dict[str, Any]) -> bool:
    """Say whether a choice holds nothing but a piece of text."""
    delta = choice.get("delta")
    if choice.get("finish_reason") or choice.get("logprobs") or not isinstance(delta, dict):
        return False
    return all(key in PLAIN_DELTA_KEYS or not delta[key] for key in delta)
