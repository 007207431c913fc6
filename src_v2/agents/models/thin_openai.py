"""ChatOpenAI over aiohttp: the same model object for LangChain, a tenth of the CPU per answer.

Only the way to the server is replaced (`_agenerate`, `_astream`); bind_tools, structured output, callbacks and usage
are langchain-openai's. Speaks chat completions only, asynchronously only.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import orjson
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_core.utils.function_calling import convert_to_openai_function
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr, SecretStr

from src_v2.agents.models.deltas import DeltaReader
from src_v2.agents.models.failures import FIRST_REFUSAL, as_model_error, error_code, error_for_status, error_in_stream
from src_v2.agents.models.guard import is_loopback
from src_v2.agents.models.sse import EventReader, EventStreamError
from src_v2.core.errors import ModelUnavailable

CLIENT_ONLY = frozenset({"extra_headers", "extra_query", "timeout", "stream_usage"})
"""Arguments for the openai client itself, which no server knows."""
MAX_ERROR_BYTES = 65_536
MERGE_S = 0.04
"""Pause between two reads, so that a fast model's tokens come in groups: 25 a second look fluent, and every group costs
what a single token would."""
END_OF_BODY_S = 0.05
"""How long the end of the body is waited for after `[DONE]`: only a body read to its end leaves a connection that the
next turn can use, and a new one costs a TLS handshake."""


class ThinChatOpenAI(ChatOpenAI):
    """A chat model on any OpenAI-compatible server. Close it with `aclose()`.

    Raises ModelError subclasses. Time limits other than for connecting are the caller's.
    """

    provider: str = "openai"
    connect_timeout_s: float = 5.0
    reply_limit_field: str = "max_completion_tokens"
    use_responses_api: bool | None = False

    _session: aiohttp.ClientSession | None = PrivateAttr(default=None)
    _session_loop: asyncio.AbstractEventLoop | None = PrivateAttr(default=None)

    async def aclose(self) -> None:
        """Close the connections; the model may be used again and then opens new ones."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        body = self._body(messages, stop, kwargs)
        schema = _response_schema(body)
        async with self._post({**body, "stream": False}) as response:
            result = self._result(await response.read())
        if schema:
            _add_parsed(result)
        return result

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        *,
        stream_usage: bool | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        if self._should_stream_usage(stream_usage, **kwargs):
            kwargs["stream_options"] = {"include_usage": True}
        body = self._body(messages, stop, kwargs)
        schema = _response_schema(body)
        said: list[str] = []
        async with self._post({**body, "stream": True}) as response:
            async for chunk in self._chunks(response):
                if run_manager is not None:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                if schema:
                    said.append(chunk.text)
                yield chunk
        if schema and (parsed := _parsed("".join(said))) is not None:
            yield ChatGenerationChunk(message=AIMessageChunk(content="", additional_kwargs={"parsed": parsed}))

    async def _chunks(self, response: aiohttp.ClientResponse) -> AsyncIterator[ChatGenerationChunk]:
        """Yield the chunks of a streamed answer; raises ModelUnavailable when it stops before its end."""
        if response.content_type == "application/json":  # a server that does not stream answers all at once
            for chunk in _as_chunks(self._result(await response.read())):
                yield chunk
            return
        events, answer = EventReader(), DeltaReader(self._convert_chunk_to_generation_chunk, self.provider)
        async for data in response.content.iter_any():
            for chunk in answer.read(events.feed(data)):
                yield chunk
            if events.done:
                break
            await asyncio.sleep(MERGE_S)
        for chunk in answer.read(events.finish()):
            yield chunk
        if not (events.done or answer.ended):
            raise ModelUnavailable(f"{self.provider} broke off before the end of the answer")
        await _read_to_end(response)

    def _result(self, body: bytes) -> ChatResult:
        """Return the result in a complete answer; raises ModelError when it holds none."""
        try:
            answer = orjson.loads(body)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise ModelUnavailable(f"{self.provider} answered with something that is no JSON object")
        if answer.get("error"):
            raise error_in_stream(answer["error"], self.provider)
        if not answer.get("choices"):
            raise ModelUnavailable(f"{self.provider} answered without a choice")
        return self._create_chat_result(answer)

    def _body(self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]) -> dict[str, Any]:
        """Return what is sent to the server, as langchain-openai builds it."""
        body = self._get_request_payload(messages, stop=stop, **kwargs)
        body.update(body.pop("extra_body", None) or {})
        if "max_completion_tokens" in body:
            body[self.reply_limit_field] = body.pop("max_completion_tokens")
        return {key: value for key, value in body.items() if key not in CLIENT_ONLY}

    @asynccontextmanager
    async def _post(self, body: dict[str, Any]) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send a request and give its answer; the connection is free or closed afterwards, come what may."""
        response: aiohttp.ClientResponse | None = None
        try:
            response = await self._send(orjson.dumps(body))
            if response.status >= FIRST_REFUSAL:
                code = error_code(_json_or_none(await response.content.read(MAX_ERROR_BYTES)))
                raise error_for_status(response.status, self.provider, code=code, headers=response.headers)
            yield response
        except (aiohttp.ClientError, OSError, TimeoutError, EventStreamError) as problem:
            raise as_model_error(problem, self.provider) from problem
        finally:
            if response is not None:
                response.close()

    async def _send(self, data: bytes) -> aiohttp.ClientResponse:
        """Send the request, once more when the server had just closed the idle connection that was used."""
        try:
            return await self._send_once(data)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            return await self._send_once(data)

    async def _send_once(self, data: bytes) -> aiohttp.ClientResponse:
        headers = {"Content-Type": "application/json", **(self.default_headers or {})}
        if isinstance(self.openai_api_key, SecretStr):
            headers["Authorization"] = f"Bearer {self.openai_api_key.get_secret_value()}"
        # A redirect would turn the request into a GET and might carry the key elsewhere.
        return await self._open_session().post(
            f"{self.openai_api_base}/chat/completions", data=data, headers=headers, allow_redirects=False
        )

    def _open_session(self) -> aiohttp.ClientSession:
        """Return the session of this event loop, opened at the first request."""
        loop = asyncio.get_running_loop()
        if self._session is None or self._session.closed or self._session_loop is not loop:
            self._session_loop = loop
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.connect_timeout_s),
                trust_env=not is_loopback(self.openai_api_base or ""),
            )
        return self._session


def _response_schema(body: dict[str, Any]) -> bool:
    """Replace a pydantic class as response format by its JSON schema; say whether there was one."""
    schema = body.get("response_format")
    if not isinstance(schema, type):
        return False
    function = convert_to_openai_function(schema, strict=True)
    described = {"name": function["name"], "schema": function["parameters"], "strict": True}
    body["response_format"] = {"type": "json_schema", "json_schema": described}
    return True


def _add_parsed(result: ChatResult) -> None:
    """Put the decoded answer where langchain-openai's structured output looks for it."""
    for generation in result.generations:
        parsed = _parsed(generation.text)
        if parsed is not None:
            generation.message.additional_kwargs["parsed"] = parsed


def _parsed(text: str) -> dict[str, Any] | None:
    found = _json_or_none(text)
    return found if isinstance(found, dict) else None


def _json_or_none(data: str | bytes) -> Any:
    try:
        # LangChain's text is a subclass of str, which orjson does not read; bytes it always does.
        return orjson.loads(data.encode() if isinstance(data, str) else data)
    except orjson.JSONDecodeError:
        return None


def _as_chunks(result: ChatResult) -> list[ChatGenerationChunk]:
    """Return a complete answer as the one chunk of a stream."""
    message = result.generations[0].message
    usage = message.usage_metadata if isinstance(message, AIMessage) else None
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    chunks = [
        {"name": call["name"], "args": orjson.dumps(call["args"]).decode(), "id": call["id"], "index": position}
        for position, call in enumerate(calls)
    ]
    chunk = AIMessageChunk(content=message.content, usage_metadata=usage, tool_call_chunks=chunks)
    return [ChatGenerationChunk(message=chunk, generation_info=result.generations[0].generation_info)]


async def _read_to_end(response: aiohttp.ClientResponse) -> None:
    """Read the little that may follow the answer; give up soon, the connection is then closed instead."""
    try:
        async with asyncio.timeout(END_OF_BODY_S):
            while await response.content.readany():
                pass
    except (TimeoutError, aiohttp.ClientError):
        response.close()
