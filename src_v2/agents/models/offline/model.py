"""The demonstration model as a LangChain chat model that streams word by word, like a real one."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Self

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from src_v2.agents.models.offline.answering import answer
from src_v2.agents.models.offline.reading import read_prompt
from src_v2.agents.models.tokens import estimate_prompt_tokens
from src_v2.core.tokens import estimate_tokens

INSTANT = "instant"
_WORD_WITH_SPACE = re.compile(r"\s*\S+\s*")


class OfflineChatModel(BaseChatModel):
    """Answers by rules from the memories in its prompt; needs no key, no network and next to no time.

    Delays are in seconds and only there to show what streaming looks like. Usage is estimated.
    """

    word_delay_s: float = 0.015
    first_word_delay_s: float = 0.1

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the model of that name: `instant` says everything at once, any other types as people read."""
        return cls(word_delay_s=0, first_word_delay_s=0) if name == INSTANT else cls()

    @property
    def _llm_type(self) -> str:
        return "offline"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        text = answer(read_prompt(messages))
        message = AIMessage(text, usage_metadata=_usage(messages, text))
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        text = answer(read_prompt(messages))
        await asyncio.sleep(self.first_word_delay_s)
        for word in _WORD_WITH_SPACE.findall(text):
            chunk = ChatGenerationChunk(message=AIMessageChunk(content=word))
            if run_manager is not None:
                await run_manager.on_llm_new_token(word, chunk=chunk)
            yield chunk
            await asyncio.sleep(self.word_delay_s)
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=_usage(messages, text)))


def _usage(messages: list[BaseMessage], text: str) -> UsageMetadata:
    asked, said = estimate_prompt_tokens(messages), estimate_tokens(text)
    return UsageMetadata(input_tokens=asked, output_tokens=said, total_tokens=asked + said)
