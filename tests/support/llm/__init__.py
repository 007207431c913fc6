"""A language model server on loopback that does as told: OpenAI's, Ollama's and Anthropic's protocols.

    async with LocalLLM() as llm:
        llm.enqueue(Script("Hello there."), Script(status=503))
        ... point a client at llm.openai_url, llm.ollama_url or llm.anthropic_url ...
        assert llm.requests[0].last_text == "Hi"

As a process, for benchmarks: `python -m tests.support.llm --first-token-ms 300 --tokens-per-s 50 --tokens 200`.
"""

from tests.support.llm.script import ReceivedRequest, Script, ToolCall
from tests.support.llm.server import LocalLLM

__all__ = ["LocalLLM", "ReceivedRequest", "Script", "ToolCall"]
