"""Settling goes on where one occasion cannot be settled."""

from typing import Any

import pytest

from src_v2.core.errors import StoreUnavailable
from src_v2.evolution.relationship.models import Applied, Whose
from src_v2.evolution.relationship.settling import Settling
from tests.support.clock import VirtualClock
from tests.support.goals import RecordingRelations


class OneIsBad(RecordingRelations):
    """A store in which one occasion of three fails with `error`."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error
        self.left = ["a", "bad", "c"]

    async def waiting(self, limit: int) -> list[str]:
        return self.left[:limit]

    async def settle(self, change_id: str, *_: Any) -> Applied:
        if change_id == "bad":
            raise self.error
        self.left.remove(change_id)
        return Applied(Whose("elena", change_id), 0, 1, 1)

    async def renew(self, _whose: Whose) -> None:
        return None


def settling(store: OneIsBad) -> Settling:
    return Settling(store, store, VirtualClock(), characters=lambda name: None)  # type: ignore[arg-type,return-value]


async def test_one_that_fails_holds_nobody_else_up() -> None:
    store = OneIsBad(ValueError("odd"))
    await settling(store).settle()
    assert store.left == ["bad"]


async def test_a_store_that_is_away_ends_it() -> None:
    store = OneIsBad(StoreUnavailable("away"))
    with pytest.raises(StoreUnavailable):
        await settling(store).settle()
    assert store.left == ["bad", "c"]
