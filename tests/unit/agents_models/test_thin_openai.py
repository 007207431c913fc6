"""The thin transport must be indistinguishable from ChatOpenAI, except in what it costs."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from langchain_core.callbacks import AsyncCallbackHandler
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage, ToolMessage
from langchain_core.messages.ai import add_ai_message_chunks
from langchain_core.tools import tool
from pydantic import BaseModel, SecretStr

from src_v2.agents.models.thin_openai import ThinChatOpenAI
from src_v2.core.errors import ModelBadRequest, ModelError, ModelRefusedKey, ModelTimeout, ModelUnavailable
from tests.support.llm import LocalLLM, Script, ToolCall

PROMPT = [SystemMessage("You are Elena."), HumanMessage("Hi")]


@tool
async def look_up(word: str) -> str:
    """Look a word up."""
    return word


class Mood(BaseModel):
    """How somebody feels."""

    mood: str
    strength: int


def model_at(url: str, **options: Any) -> ThinChatOpenAI:
    options = {"stream_usage": True, **options}
    return ThinChatOpenAI(model="local-model", api_key=SecretStr("k"), base_url=url, max_retries=0, **options)


@pytest.fixture
async def model(llm: LocalLLM) -> AsyncIterator[ThinChatOpenAI]:
    model = model_at(llm.openai_url)
    yield model
    await model.aclose()


async def whole(model: Any, prompt: Any = None) -> AIMessageChunk:
    """Return all chunks of a stream, added up."""
    first, *rest = [chunk async for chunk in model.astream(prompt or PROMPT)]
    assert isinstance(first, AIMessageChunk)
    return add_ai_message_chunks(first, *rest)


async def test_text_and_usage_come_through_streamed_and_not(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    script = Script("Hello\n there, friend 🌊 \n", cached_tokens=7, reasoning_tokens=3)
    llm.enqueue(script, script)
    for answer in (await whole(model), await model.ainvoke(PROMPT)):
        assert answer.content == script.text
        assert answer.usage_metadata is not None
        assert answer.usage_metadata["input_tokens"] == 102
        assert answer.usage_metadata["input_token_details"]["cache_read"] == 7
        assert answer.usage_metadata["output_token_details"]["reasoning"] == 3
        assert answer.response_metadata["finish_reason"] == "stop"
    streamed, plain = llm.requests
    assert streamed.headers["Authorization"] == "Bearer k"
    assert streamed.body["stream_options"] == {"include_usage": True}
    assert plain.body["stream"] is False


async def test_tokens_of_one_packet_become_one_chunk(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(Script("one two three four five"))
    texts = [chunk.content async for chunk in model.astream(PROMPT) if chunk.content]
    assert texts == ["one two three four five"]


async def test_a_tool_is_called_and_its_result_answered(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    calls = (ToolCall("look_up", '{"word": "tide"}', "call_a"), ToolCall("look_up", '{"word": "reef"}', "call_b"))
    llm.enqueue(Script("Let me see.", tool_calls=calls), Script(tool_calls=calls), Script("It is the tide."))
    bound = model.bind_tools([look_up])
    streamed, plain = await whole(bound), await bound.ainvoke(PROMPT)
    for answer in (streamed, plain):
        assert [(call["name"], call["args"], call["id"]) for call in answer.tool_calls] == [
            ("look_up", {"word": "tide"}, "call_a"),
            ("look_up", {"word": "reef"}, "call_b"),
        ]
    assert streamed.content == "Let me see."
    assert llm.requests[0].body["tools"][0]["function"]["name"] == "look_up"
    results = [ToolMessage("a tide", tool_call_id="call_a"), ToolMessage("a reef", tool_call_id="call_b")]
    assert (await whole(bound, [*PROMPT, plain, *results])).content == "It is the tide."
    assert [message["role"] for message in llm.requests[2].messages[-3:]] == ["assistant", "tool", "tool"]


async def test_broken_tool_arguments_are_told_apart(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(Script(tool_calls=[ToolCall("look_up", '{"word": ')]))
    answer = await model.bind_tools([look_up]).ainvoke(PROMPT)
    assert isinstance(answer, AIMessage)
    assert not answer.tool_calls
    assert len(answer.invalid_tool_calls) == 1


async def test_a_tool_call_without_index_is_not_lost(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    call = b'{"id":"c","type":"function","function":{"name":"look_up","arguments":"{\\"word\\":\\"a\\"}"}}'
    event = b'data: {"choices":[{"delta":{"tool_calls":[' + call + b']},"finish_reason":"tool_calls"}]}\n\n'
    llm.enqueue(Script(raw=[event]))
    assert [found["args"] for found in (await whole(model)).tool_calls] == [{"word": "a"}]


@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
async def test_structured_output_works(llm: LocalLLM, model: ThinChatOpenAI, method: Any) -> None:
    answer = '{"mood": "calm", "strength": 3}'
    llm.enqueue(Script(answer) if method == "json_schema" else Script(tool_calls=[ToolCall("Mood", answer)]))
    assert await model.with_structured_output(Mood, method=method).ainvoke(PROMPT) == Mood(mood="calm", strength=3)
    if method == "json_schema":
        sent = llm.requests[0].body["response_format"]
        assert sent["json_schema"]["schema"]["required"] == ["mood", "strength"]


async def test_structured_output_can_be_streamed(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(Script('{"mood": "calm", "strength": 3}', packet_per_token=True))
    found = [item async for item in model.with_structured_output(Mood, method="json_schema").astream(PROMPT)]
    assert found[-1] == Mood(mood="calm", strength=3)


async def test_callbacks_hear_the_tokens_and_the_end(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    heard: list[str] = []

    class Listener(AsyncCallbackHandler):
        async def on_llm_new_token(self, token: Any, **_: Any) -> None:
            heard.append(token)

        async def on_llm_end(self, response: Any, **_: Any) -> None:
            heard.append(f"end: {response.generations[0][0].text}")

    llm.enqueue(Script("Hello there."))
    async for _ in model.astream(PROMPT, config={"callbacks": [Listener()]}):
        pass
    assert "Hello there." in heard
    assert heard[-1] == "end: Hello there."


async def test_reasoning_is_counted_but_never_said(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(Script("Yes.", reasoning="Hmm let me think"))
    answer = await whole(model)
    assert answer.content == "Yes."
    assert answer.additional_kwargs["reasoning_content"].strip() == "Hmm let me think"


async def test_text_in_typed_parts_is_read(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    parts = b'[{"type":"thinking","thinking":[]},{"type":"text","text":"Hi"}]'
    llm.enqueue(Script(raw=[b'data: {"choices":[{"delta":{"content":' + parts + b"}}]}\n\ndata: [DONE]\n\n"]))
    assert (await whole(model)).content == "Hi"


async def test_noise_between_events_is_passed_over(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(
        Script(
            raw=[
                b": OPENROUTER PROCESSING\n\ndata: {oops\n\n",
                b'data: {"choices":[{"delta":{"content":"Hel',
                b'lo"}}]}\r\n\r\ndata: {"choices":[],"usage":null}\n\ndata: [DONE]\n\n',
            ]
        )
    )
    assert (await whole(model)).content == "Hello"


async def test_a_server_that_does_not_stream_is_understood(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(Script("All at once.", tool_calls=[ToolCall("look_up", '{"word": "a"}')], ignore_stream=True))
    answer = await whole(model)
    assert answer.content == "All at once."
    assert answer.tool_calls[0]["args"] == {"word": "a"}
    assert answer.usage_metadata is not None


async def test_an_end_without_done_is_fine_when_the_answer_was_finished(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(Script("Hello.", send_done=False))
    assert (await whole(model)).content == "Hello."


BROKEN = {
    "no end": Script("Hello the", send_done=False, send_finish=False),
    "cut": Script("Hello there friend", break_after=2),
    "hung up": Script(hang_up=True),
    "error event": Script(raw=[b'data: {"error": {"message": "secret", "type": "server_error"}}\n\n']),
    "gave up": Script(raw=[b'data: {"choices":[{"delta":{"content":""},"finish_reason":"error"}]}\n\n']),
    "no JSON": Script(raw=[b"data: nonsense\n\n"]),
    "empty": Script(raw=[b""]),
}


@pytest.mark.parametrize("script", BROKEN.values(), ids=BROKEN.keys())
async def test_an_answer_that_breaks_off_is_an_error(llm: LocalLLM, model: ThinChatOpenAI, script: Script) -> None:
    llm.reply = lambda _: script
    with pytest.raises(ModelUnavailable) as caught:
        await whole(model)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, ModelRefusedKey),
        (402, ModelRefusedKey),
        (404, ModelBadRequest),
        (422, ModelBadRequest),
        (500, ModelUnavailable),
    ],
)
async def test_refusals_become_our_errors(
    llm: LocalLLM, model: ThinChatOpenAI, status: int, kind: type[ModelError]
) -> None:
    script = Script(status=status, error_code="some_code")
    llm.enqueue(script, script)
    for asking in (whole(model), model.ainvoke(PROMPT)):
        with pytest.raises(kind, match="some_code"):
            await asking


async def test_a_busy_server_says_when_to_return(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(Script(status=429, headers={"Retry-After": "7"}))
    with pytest.raises(ModelUnavailable) as caught:
        await whole(model)
    assert caught.value.retry_after_s == 7


async def test_a_redirect_is_not_followed_with_the_key(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    llm.enqueue(Script(status=307, headers={"Location": "/v1/chat/completions"}))
    with pytest.raises(ModelBadRequest, match="307"):
        await whole(model)
    assert len(llm.requests) == 1


async def test_a_server_that_is_not_there_is_unavailable(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    await llm.stop()
    with pytest.raises(ModelUnavailable):
        await whole(model)


async def test_a_server_that_never_accepts_is_a_timeout() -> None:
    # A listening socket whose queue is full leaves further connections without an answer.
    import socket

    with socket.socket() as listener, socket.socket() as filler, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for client in (filler, second):
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        model = model_at(f"http://127.0.0.1:{listener.getsockname()[1]}/v1", connect_timeout_s=0.05)
        with pytest.raises(ModelTimeout):
            await whole(model)
        await model.aclose()


async def test_a_connection_that_went_idle_is_replaced_unnoticed(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    assert (await whole(model)).content == "You said: Hi"
    llm.enqueue(Script(hang_up=True))
    assert (await whole(model)).content == "You said: Hi"


async def test_one_connection_serves_turn_after_turn(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    for _ in range(3):
        await whole(model)
    session = model._open_session()
    assert session.connector is not None
    assert len({id(connection) for connection in session.connector._conns.values()}) == 1


async def test_it_can_be_used_again_after_closing(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    await whole(model)
    await model.aclose()
    assert (await whole(model)).content == "You said: Hi"


def test_every_event_loop_gets_its_own_connections() -> None:
    model = model_at("http://127.0.0.1:9/v1")

    async def ask() -> str:
        async with LocalLLM() as llm:
            model.openai_api_base = llm.openai_url
            answer = await whole(model)
            await model.aclose()
            return str(answer.content)

    assert [asyncio.run(ask()), asyncio.run(ask())] == ["You said: Hi", "You said: Hi"]


async def test_the_reply_limit_goes_by_the_name_the_server_knows(llm: LocalLLM) -> None:
    for name in ("max_tokens", "max_completion_tokens"):
        model = model_at(llm.openai_url, reply_limit_field=name, max_completion_tokens=50, stream_usage=False)
        await whole(model)
        await model.aclose()
        assert llm.requests[-1].body[name] == 50
        assert len({"max_tokens", "max_completion_tokens"} & llm.requests[-1].body.keys()) == 1
        assert "stream_options" not in llm.requests[-1].body


async def test_a_token_costs_little_cpu(llm: LocalLLM, model: ThinChatOpenAI) -> None:
    """The server runs in this process and is paid for as well, so the limit is generous; benchmarks measure alone."""
    llm.reply = lambda _: Script("word " * 200)
    await whole(model)
    before = time.process_time()
    for _ in range(5):
        await whole(model)
    assert (time.process_time() - before) / (5 * 200) < 0.08e-3


def pieces(*calls: str) -> list[bytes]:
    """Return a stream in which each piece of a call comes alone."""
    sent = [f'data: {{"choices":[{{"index":0,"delta":{{"tool_calls":[{call}]}}}}]}}\n\n' for call in calls]
    end = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}\n\n'
    return [piece.encode() for piece in (*sent, end, "data: [DONE]\n\n")]


def piece(name: str = "", arguments: str = "", **more: Any) -> str:
    named = {"name": name} if name else {}
    return orjson.dumps({"function": {**named, "arguments": arguments}, **more}).decode()


LOOK, COUNT = ('{"word": "tide"}', '{"of": "boats"}')
WITHOUT_INDEX = {
    "no ids": (piece("look", LOOK), piece("count", COUNT)),
    "the same tool": (piece("look", LOOK), piece("look", COUNT)),
    "empty index": (piece("look", LOOK, index=None), piece("count", COUNT, index=None)),
    "ids": (piece("look", LOOK, id="a"), piece("look", COUNT, id="b")),
    "in pieces": (piece("look"), piece("", LOOK[:5]), piece("", LOOK[5:]), piece("count", COUNT)),
    "repeated": (piece("look", LOOK[:5], id="a"), piece("look", LOOK[5:], id="a"), piece("count", COUNT, id="b")),
    "id before name": (piece(id="a"), piece("look", LOOK), piece("count", COUNT)),
    "some counted": (piece("look", LOOK, index=0, id="a"), piece("count", COUNT)),
}


@pytest.mark.parametrize("sent", WITHOUT_INDEX.values(), ids=WITHOUT_INDEX)
async def test_tool_calls_without_index_stay_apart(llm: LocalLLM, model: ThinChatOpenAI, sent: tuple[str, ...]) -> None:
    llm.enqueue(Script(raw=pieces(*sent)))
    calls = (await whole(model)).tool_calls
    assert [call["args"] for call in calls] == [{"word": "tide"}, {"of": "boats"}]
    assert all(call["name"] in {"look", "count"} for call in calls)
    assert all(call["id"] in {"a", "b", None} for call in calls)
