"""No test here may reach a real model; a local server stands in for all of them."""

from collections.abc import AsyncIterator, Iterator

import pytest

from src_v2.agents.models.guard import no_real_models
from tests.support.llm import LocalLLM


@pytest.fixture(autouse=True)
def _no_real_models() -> Iterator[None]:
    with no_real_models():
        yield


@pytest.fixture
async def llm() -> AsyncIterator[LocalLLM]:
    async with LocalLLM() as server:
        yield server
