"""Homes for whole processes. The embedding model is exported once per test session and shared by all of them."""

import asyncio
from pathlib import Path

import pytest

from src_v2.agents.guard.meaning import Meaning
from src_v2.agents.routing.router import Router
from src_v2.core.clock import SystemClock
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.replying import GUARD_FOLDER, ROUTING_FOLDER
from tests.e2e.home import Home


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the packaged embedding model, exported as the first start of a process does it."""
    home = Home(tmp_path_factory.mktemp("first-start"), variables={"EMBEDDING_MODEL": "all-MiniLM-L6-v2"})
    done = asyncio.run(home.runs("memory", "reindex"))
    assert done.code == 0, done.printed
    asyncio.run(_learn(home.data))
    (home.data / "models" / "active.json").unlink()  # the note on which model memory was written with stays behind
    return (home.data / "models").rename(home.folder / "exported")


async def _learn(data: Path) -> None:
    """Make the vectors for routing and what the guard learns, as every first start would."""
    embedder = LocalEmbedder(LocalModelConfig(data, model="all-MiniLM-L6-v2", size=None))
    router = Router(embedder, clock=SystemClock(), keep_in=data / ROUTING_FOLDER)
    meaning = Meaning(embedder, SystemClock(), data / GUARD_FOLDER, learn_after_s=0)
    embedder.start()
    for learner in (router, meaning):
        learner.start()
        await learner.learned()
        await learner.close()
    await embedder.close()


@pytest.fixture
def bare_home(tmp_path: Path) -> Home:
    """Give a home without embedding models, for commands that end before they need one."""
    return Home(tmp_path / "home")


@pytest.fixture
def home(tmp_path: Path, models: Path) -> Home:
    """Give an empty home of a test's own."""
    return Home(tmp_path / "home", models)
