"""A chat model that says what it is told to, at once and without a server: what is left is what the loop takes."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage, SystemMessage
from langchain_core.messages.tool import tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable
from pydantic import PrivateAttr


def said(text: str) -> AIMessageChunk:
    """Return an answer in words."""
    return AIMessageChunk(content=text)


def call_of(*names: str) -> AIMessageChunk:
    """Return an answer that calls tools without arguments, side by side."""
    calls = [tool_call_chunk(name=name, args="{}", id=f"call_{name}", index=at) for at, name in enumerate(names)]
    return AIMessageChunk(content="", tool_call_chunks=calls)


class ReadyModel(BaseChatModel):
    """Gives the answers of `script`, one a call."""

    script: list[AIMessageChunk]

    _given: int = PrivateAttr(default=0)

    @property
    def _llm_type(self) -> str:
        return "ready"

    def prompt(self, system: str, asked: str) -> list[BaseMessage]:
        """Return a prompt for it."""
        return [SystemMessage(system), HumanMessage(asked)]

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        """Take tools and choose among them by the script."""
        return self.bind(tools=tools, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._next())])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        yield ChatGenerationChunk(message=self._next())

    def _next(self) -> AIMessageChunk:
        self._given += 1
        return self.script[self._given - 1]
