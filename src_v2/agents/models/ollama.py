"""Ollama through its native API (its OpenAI-compatible one ignores the context size), with connections that close."""

from langchain_ollama import ChatOllama


class ClosableChatOllama(ChatOllama):
    """ChatOllama that gives its connections back. Close it with `aclose()`."""

    async def aclose(self) -> None:
        """Close the connections; the model cannot be used afterwards."""
        await self._async_client.close()  # type: ignore[no-untyped-call] # the ollama package has no types here
