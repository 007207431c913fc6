"""A served store that is away at the start is tried again until it is there, whatever it answers meanwhile."""

from pathlib import Path

import pytest

from src_v2.core.errors import StoreUnavailable
from src_v2.storage.stores import StoreConfig, Stores
from tests.support.clock import VirtualClock


async def test_a_server_that_refuses_while_it_comes_up_is_tried_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers: list[Exception | None] = [
        StoreUnavailable("away"),
        RuntimeError("half up"),
        StoreUnavailable("away"),
        None,
    ]

    async def upgrade(_database: object) -> None:
        if (answer := answers.pop(0)) is not None:
            raise answer

    monkeypatch.setattr("src_v2.storage.migrate.upgrade", upgrade)
    config = StoreConfig(tmp_path, database_url="postgresql://nobody@127.0.0.1:9/none")
    stores = Stores(config, VirtualClock(auto_advance=True))
    await stores.start()
    await stores.up()
    await stores.close()
    assert answers == []
