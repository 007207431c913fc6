"""Answers in the shape of a schema: demanded in each provider's way, found in any text, put right once."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from langchain_core.language_models import FakeListChatModel
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, Field

from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.json_answers import MOST_STARTS, Unfit, json_schema, read_answer
from src_v2.agents.models.records import CallRecord
from src_v2.agents.models.retry import RetryPolicy
from src_v2.agents.models.spec import ModelSpec
from src_v2.agents.models.structured import LONGEST_ANSWER_CHARS, ShapedChatModel, StructuredModels, structured_chain
from src_v2.core.errors import ModelError, ModelRefusedKey
from tests.support.clock import VirtualClock
from tests.support.llm import LocalLLM, ReceivedRequest, Script

PROMPT: list[BaseMessage] = [SystemMessage("You read."), HumanMessage("Who is there?")]


class Person(BaseModel):
    name: str = Field(min_length=1, max_length=20)
    age: int | None = None


class People(BaseModel):
    """Who is there."""

    people: list[Person] = Field(default_factory=list, max_length=9)


ANA = '{"people":[{"name":"Ana","age":61}]}'


class Asking:
    """Structured models under test, with the records they hand over."""

    def __init__(self, *chain: ModelSpec) -> None:
        self.records: list[CallRecord] = []
        self.models = StructuredModels(
            chain,
            build=ModelBuilder(keys={"anthropic": "k"}, temperature=0),
            clock=VirtualClock(auto_advance=True),
            retries=RetryPolicy(attempts=2, base_s=1, max_s=1),
        )

    async def ask(self) -> People:
        return await self.models.ask(PROMPT, People, purpose="learn", record=self.records.append)

    @property
    def story(self) -> list[tuple[str, str, str]]:
        return [(record.model, record.status, record.error) for record in self.records]


def openai(llm: LocalLLM, model: str = "first") -> ModelSpec:
    return ModelSpec("openai-compatible", model, llm.openai_url)


@pytest.fixture
async def asking(llm: LocalLLM) -> AsyncIterator[Asking]:
    asking = Asking(openai(llm), openai(llm, "second"))
    yield asking
    await asking.models.close()


async def test_a_server_is_made_to_answer_in_the_schema(llm: LocalLLM, asking: Asking) -> None:
    llm.enqueue(Script(ANA))
    answer = await asking.ask()
    assert answer == People(people=[Person(name="Ana", age=61)])
    (request,) = llm.requests
    described = request.body["response_format"]["json_schema"]
    assert described["strict"] is True
    assert described["schema"] == json_schema(People)
    assert request.last_text == "Who is there?"
    assert asking.story == [("first", "ok", "")]
    assert asking.records[0].purpose == "learn"


def test_a_schema_for_strict_modes_leaves_nothing_open() -> None:
    person = json_schema(People)["properties"]["people"]["items"]
    assert person["additionalProperties"] is False
    assert person["required"] == ["name", "age"]
    assert person["properties"]["name"] == {"type": "string"}
    assert "$defs" not in json_schema(People)


@pytest.mark.parametrize("provider", ["ollama", "anthropic"])
async def test_other_protocols_are_asked_in_their_way(llm: LocalLLM, provider: str) -> None:
    url = llm.ollama_url if provider == "ollama" else llm.anthropic_url
    asking = Asking(ModelSpec(provider, "m", url))
    llm.enqueue(Script(ANA))
    assert (await asking.ask()).people[0].name == "Ana"
    (request,) = llm.requests
    if provider == "ollama":
        assert request.body["format"] == json_schema(People)
    else:
        assert '"people"' in request.last_text
    await asking.models.close()


async def test_a_server_that_knows_no_schemas_is_asked_in_words_ever_after(llm: LocalLLM, asking: Asking) -> None:
    def reply(request: ReceivedRequest) -> Script:
        return Script(status=400) if "response_format" in request.body else Script(ANA)

    llm.reply = reply
    assert (await asking.ask()).people
    assert (await asking.ask()).people
    demanded = ["response_format" in request.body for request in llm.requests]
    assert demanded == [True, False, False]
    assert '"people"' in llm.requests[1].last_text
    assert asking.story == [("first", "ok", "")] * 2


async def test_a_request_that_is_refused_in_words_too_goes_to_the_next_model(llm: LocalLLM, asking: Asking) -> None:
    llm.enqueue(Script(status=400), Script(status=400), Script(ANA))
    assert (await asking.ask()).people
    assert asking.story == [("first", "failed", "ModelBadRequest"), ("second", "ok", "")]
    llm.requests.clear()
    llm.enqueue(Script(ANA))
    await asking.ask()
    assert "response_format" in llm.requests[0].body, "it was not the schema that was refused"


async def test_what_does_not_fit_is_put_right_once(llm: LocalLLM, asking: Asking) -> None:
    llm.enqueue(Script('{"people":[{"name":"","age":"old"}]}'), Script(ANA))
    assert (await asking.ask()).people[0].age == 61
    first, second = llm.requests
    assert len(second.messages) == len(first.messages) + 2
    assert "people.0.age" in second.last_text
    assert second.messages[-2]["role"] == "assistant"


async def test_a_model_that_fails_twice_is_an_error_without_a_word_of_it(llm: LocalLLM, asking: Asking) -> None:
    llm.enqueue(Script("My secret is red."), Script('{"people": "secret"}'))
    with pytest.raises(ModelError, match="People") as caught:
        await asking.ask()
    assert "secret" not in str(caught.value)
    assert len(llm.requests) == 2


async def test_the_chains_own_errors_come_through(llm: LocalLLM) -> None:
    llm.required_key = "right"
    asking = Asking(ModelSpec("anthropic", "m", llm.anthropic_url))
    with pytest.raises(ModelRefusedKey):
        await asking.ask()
    assert asking.story == [("m", "failed", "ModelRefusedKey")]
    await asking.models.close()


async def test_a_busy_model_is_asked_again_and_then_the_next(llm: LocalLLM, asking: Asking) -> None:
    llm.enqueue(Script(status=503), Script(status=503), Script(ANA))
    assert (await asking.ask()).people
    assert [model for model, *_ in asking.story] == ["first", "first", "second"]


async def test_a_model_without_an_end_is_not_read_to_it(llm: LocalLLM, asking: Asking) -> None:
    endless = Script("word " * (LONGEST_ANSWER_CHARS // 4), tokens_per_second=10_000_000)
    llm.enqueue(endless, Script(ANA))
    assert (await asking.ask()).people
    assert asking.records[0].status == "cancelled"


def test_the_demonstration_is_never_asked(llm: LocalLLM) -> None:
    chain = (ModelSpec("offline", "demo"), openai(llm))
    assert structured_chain(chain) == (openai(llm),)
    assert not Asking(ModelSpec("offline", "demo")).models.chain


async def test_models_are_built_beforehand_and_nothing_is_asked(llm: LocalLLM, asking: Asking) -> None:
    await asking.models.prepare(People)
    await Asking().models.prepare(People)
    assert llm.requests == []


def test_a_shaped_model_answers_without_a_loop_as_well() -> None:
    inner = FakeListChatModel(responses=[ANA])
    shaped = ShapedChatModel(inner=inner, spec=ModelSpec("offline", "demo"), shape=People)
    assert shaped.invoke(PROMPT).text == ANA


@pytest.mark.parametrize(
    "text",
    [
        ANA,
        f"```json\n{ANA}\n```",
        f"Here you are:\n```\n{ANA}\n```\nAnything else?",
        f"<think>a {{small}} {{}} one</think> {ANA} I hope it helps {{}}.",
        f'{{"people": [{{"name": "x"]}} broken, so again: {ANA}',
    ],
    ids=["bare", "fenced", "in prose", "after thinking aloud", "second attempt"],
)
def test_json_is_found_in_whatever_surrounds_it(text: str) -> None:
    assert read_answer(text, People).people[0].name == "Ana"


@pytest.mark.parametrize("text", ["", "no", "[1, 2]", '{"people": [', "{" * 5_000, '{"a":' * 5_000, '{"people": 1}'])
def test_what_holds_no_answer_is_unfit(text: str) -> None:
    with pytest.raises(Unfit):
        read_answer(text, People)


def test_hostile_text_is_given_up_soon() -> None:
    late = "{ " * (MOST_STARTS + 1) + ANA
    with pytest.raises(Unfit):
        read_answer(late, People)


def test_what_is_told_the_model_names_places_and_not_values() -> None:
    wrong: dict[str, Any] = {"people": [{"name": "n" * 30, "age": "secret"}]}
    with pytest.raises(Unfit) as caught:
        read_answer(orjson.dumps(wrong).decode(), People)
    assert "people.0.name" in caught.value.advice
    assert "secret" not in caught.value.advice
