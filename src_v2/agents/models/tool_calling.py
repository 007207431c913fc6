"""Offers tools to a model in its provider's own way, by native function calling. What is called is not decided here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.language_models import BaseChatModel
from langchain_core.runnables import RunnableBinding

from src_v2.agents.models.providers import Protocol
from src_v2.agents.models.spec import ModelSpec


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
