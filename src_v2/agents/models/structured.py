"""Answers in the shape of a schema: one question, one validated object, through the same chain of models.

Nobody is shown such an answer while it comes, so it is collected. What a model writes is data: it is parsed and
validated, and nothing else happens with it. Not for replies.
"""

import random
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, TypeVar

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import BaseModel, PrivateAttr

from src_v2.agents.models.attempt import Timeouts
from src_v2.agents.models.failures import as_model_error
from src_v2.agents.models.json_answers import Unfit, json_schema, read_answer, shape_note
from src_v2.agents.models.pool import BuildModel
from src_v2.agents.models.providers import Protocol
from src_v2.agents.models.records import Meter, ModelChunk, Payer, Pricing, Recorder
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import Chain, ModelSpec
from src_v2.core.clock import Clock
from src_v2.core.errors import ModelBadRequest, ModelError

ROUNDS = 2
"""The question, and one chance to put a malformed answer right: a model that fails twice fails a third time."""
LONGEST_ANSWER_CHARS = 100_000
"""A model that loops writes until its limit; what is longer than any schema of ours allows is not read."""

M = TypeVar("M", bound=BaseModel)


def structured_chain(chain: Iterable[ModelSpec]) -> tuple[ModelSpec, ...]:
    """Return the models of `chain` that can answer in a shape at all: the offline demonstration cannot."""
    return tuple(spec for spec in chain if spec.config.protocol is not Protocol.OFFLINE)


class StructuredModels:
    """Asks the models of `chain` in order, each with its provider's own way to demand a shape.

    `build` makes the model objects, which are not those of the replies: such answers want no temperature and room for
    more tokens. The other arguments are those of `LanguageModels`.
    """

    def __init__(
        self,
        chain: Sequence[ModelSpec],
        *,
        build: BuildModel,
        clock: Clock,
        timeouts: Timeouts | None = None,
        retries: RetryPolicy | None = None,
        chance: random.Random | None = None,
        pricing: Pricing | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.chain = structured_chain(chain)
        """The models that can be asked; without any, there is nobody to ask."""
        self._build = build
        self._clock = clock
        self._timeouts = timeouts
        self._retries = retries
        self._chance = chance
        self._pricing = pricing
        self._meter = meter
        self._by_schema: dict[type[BaseModel], LanguageModels] = {}

    async def ask(
        self,
        messages: Sequence[BaseMessage],
        schema: type[M],
        *,
        purpose: str,
        record: Recorder,
        payer: Payer | None = None,
    ) -> M:
        """Return one answer as an instance of `schema`.

        A model whose answer does not fit is told why and asked once more. Raises ModelError: the last model's own, or
        that its answers did not fit; with a `payer` CapReached when no more may be spent. `record` is called once for
        every attempt.
        """
        models = self._models(schema)
        asked = list(messages)
        for _ in range(ROUNDS):
            async with models.stream(asked, purpose=purpose, record=record, payer=payer) as chunks:
                text = await _collected(chunks)
            try:
                return read_answer(text, schema)
            except Unfit as problem:
                unfit = problem
                asked = [*messages, AIMessage(text), HumanMessage(f"{unfit.advice} {shape_note(schema)}")]
        raise ModelError(f"no answer came in the shape of {schema.__name__} ({unfit})")

    async def prepare(self, schema: type[BaseModel]) -> None:
        """Load the libraries and build every model for `schema`, so that the first question need not wait for it."""
        if self.chain:
            await self._models(schema).prepare()

    async def close(self) -> None:
        """Close every connection to the models."""
        for models in self._by_schema.values():
            await models.close()

    def _models(self, schema: type[BaseModel]) -> LanguageModels:
        """Return the chain that answers in `schema`: the demand is part of each model object."""
        if schema not in self._by_schema:
            self._by_schema[schema] = LanguageModels(
                self.chain,
                build=lambda spec: ShapedChatModel(inner=self._build(spec), spec=spec, shape=schema),
                clock=self._clock,
                timeouts=self._timeouts,
                retries=self._retries,
                chance=self._chance,
                pricing=self._pricing,
                meter=self._meter,
            )
        return self._by_schema[schema]


class StructuredChains:
    """Structured models for chains that change while the process runs: each chain's are made at its first use.

    `chain_of` returns the chain of a character as it stands now ("": that of the settings); it may not do any I/O.
    """

    def __init__(self, chain_of: Callable[[str], Chain], make: Callable[[Chain], StructuredModels]) -> None:
        self._chain_of = chain_of
        self._make = make
        self._made: dict[Chain, StructuredModels] = {}

    @property
    def chain(self) -> Chain:
        """The models of the settings that can be asked; without any, there is nobody to ask."""
        return structured_chain(self._chain_of(""))

    def of(self, character: str) -> StructuredModels:
        """Return the models of a character."""
        chain = self._chain_of(character)
        if chain not in self._made:
            self._made[chain] = self._make(chain)
        return self._made[chain]

    async def close(self) -> None:
        """Close every connection to the models."""
        for models in self._made.values():
            await models.close()


class ShapedChatModel(BaseChatModel):
    """A chat model that demands a shape of every answer: by its provider's means, or in plain words."""

    inner: BaseChatModel
    spec: ModelSpec
    shape: type[BaseModel]

    _refuses: bool = PrivateAttr(default=False)

    @property
    def _llm_type(self) -> str:
        return "shaped"

    async def aclose(self) -> None:
        """Close the connections of the model underneath."""
        aclose = getattr(self.inner, "aclose", None)
        if aclose is not None:
            await aclose()

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = self.inner.invoke(_with_note(messages, self.shape), stop=stop, **kwargs)
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        demand = {} if self._refuses else _demand(self.spec, self.shape)
        said = False
        try:
            async for chunk in self.inner.astream(messages if demand else _with_note(messages, self.shape), **demand):
                said = True
                yield ChatGenerationChunk(message=chunk)
        except Exception as problem:
            refused = isinstance(as_model_error(problem, self.spec.provider), ModelBadRequest)
            if said or not demand or not refused:
                raise
        else:
            return
        # It may be the demand that the server does not know: plain words are understood everywhere.
        async for chunk in self.inner.astream(_with_note(messages, self.shape)):
            self._refuses = True
            yield ChatGenerationChunk(message=chunk)


def _demand(spec: ModelSpec, shape: type[BaseModel]) -> dict[str, Any]:
    """Return the arguments by which a provider is made to answer in a shape; none where plain words must do."""
    match spec.config.protocol:
        case Protocol.OPENAI:
            described = {"name": shape.__name__, "schema": json_schema(shape), "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": described}}
        case Protocol.OLLAMA:
            return {"format": json_schema(shape)}
        case _:
            return {}


def _with_note(messages: Sequence[BaseMessage], shape: type[BaseModel]) -> list[BaseMessage]:
    """Return the messages with the shape described in the last one: some servers refuse two of a kind in a row."""
    last, note = messages[-1], shape_note(shape)
    if isinstance(last.content, str):
        return [*messages[:-1], HumanMessage(f"{last.content}\n\n{note}")]
    return [*messages[:-1], HumanMessage([*last.content, {"type": "text", "text": note}])]  # pictures among it


async def _collected(chunks: AsyncIterator[ModelChunk]) -> str:
    """Return a whole answer, as far as anybody would read it."""
    pieces: list[str] = []
    size = 0
    async for chunk in chunks:
        pieces.append(chunk.text)
        size += len(chunk.text)
        if size > LONGEST_ANSWER_CHARS:
            break
    return "".join(pieces)[:LONGEST_ANSWER_CHARS]
