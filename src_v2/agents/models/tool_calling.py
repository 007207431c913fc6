"""Offers tools to a model in its provider's own way, by native function calling, and reads which it wants called.

What is really called is not decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import orjson
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, InvalidToolCall, ToolCall, message_chunk_to_message
from langchain_core.runnables import RunnableBinding

from src_v2.agents.models.providers import Protocol
from src_v2.agents.models.spec import ModelSpec
from src_v2.core.ids import new_id


@dataclass(frozen=True, slots=True)
class Offer:
    """Tools that a model may ask for; `specs` are in the form of OpenAI's API.

    `closed` keeps the tools in the request, which some servers want once they were used, and forbids to call them: the
    model has to answer now.
    """

    specs: Sequence[Mapping[str, Any]]
    closed: bool = False


def can_call_tools(spec: ModelSpec) -> bool:
    """Whether models of this provider can be offered tools at all."""
    return spec.config.protocol is not Protocol.OFFLINE


def arguments_for(offer: Offer, model: BaseChatModel, spec: ModelSpec) -> dict[str, Any]:
    """Return the arguments by which `model` is offered the tools; none for what knows no tools."""
    if not offer.specs or not can_call_tools(spec):
        return {}
    # The binding itself is not asked: closing its stream would leave the connection underneath open.
    bound = cast("RunnableBinding[Any, Any]", model.bind_tools([dict(one) for one in offer.specs]))
    arguments = dict(bound.kwargs)
    if not offer.closed:
        return arguments
    match spec.config.protocol:
        case Protocol.OPENAI:
            return arguments | {"tool_choice": "none"}
        case Protocol.ANTHROPIC:
            return arguments | {"tool_choice": {"type": "none"}}
        case _:  # Ollama knows no choice of tools, and does not miss them in a request
            return {}


def calls_in(whole: AIMessageChunk) -> AIMessage | None:
    """Return a whole answer with the calls that it asks for; None when it asks for none.

    Arguments that are cut off are malformed here: LangChain would complete them, and half a value would be carried
    out. Every call has an id, so that each can be answered.
    """
    well: list[ToolCall] = []
    malformed: list[InvalidToolCall] = []
    for chunk in whole.tool_call_chunks:
        name, text, call_id = chunk["name"], chunk["args"] or "", chunk["id"] or f"call_{new_id()}"
        arguments = _object(text)
        if name and arguments is not None:
            well.append(ToolCall(name=name, args=arguments, id=call_id, type="tool_call"))
        else:
            malformed.append(
                InvalidToolCall(name=name, args=text, id=call_id, error="no JSON object", type="invalid_tool_call")
            )
    if not well and not malformed:
        return None
    message = cast(AIMessage, message_chunk_to_message(whole))
    return message.model_copy(update={"tool_calls": well, "invalid_tool_calls": malformed})


def _object(text: str) -> dict[str, Any] | None:
    """Return the JSON object that stands in `text`, an empty one for no text; None for anything else."""
    try:
        found = orjson.loads(text.encode()) if text.strip() else {}
    except (orjson.JSONDecodeError, UnicodeEncodeError):
        return None
    return found if isinstance(found, dict) else None
