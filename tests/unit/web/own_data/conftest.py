"""A web door with somebody's data behind it, and a program that asks."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.support.own_data import OwnDataInMemory
from tests.support.scripted_chat import Chat


@pytest.fixture
async def chat() -> AsyncIterator[Chat]:
    async with Chat() as running:
        yield running


@pytest.fixture
def held(chat: Chat) -> OwnDataInMemory:
    return chat.own_data


@pytest.fixture
async def http(chat: Chat) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=chat.door.url, timeout=10) as client:
        yield client
