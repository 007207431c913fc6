"""What a refusal of Discord's means for a message that comes by itself."""

from types import SimpleNamespace
from typing import Any

import discord
import pytest

from src_v2.core.errors import CannotReach, DoorClosed
from src_v2.interfaces.discord.delivery import _failures

CANNOT_MESSAGE_THIS_USER, OPENING_TOO_FAST = 50007, 40003


@pytest.mark.parametrize(("status", "code", "meant"), [
    (403, CANNOT_MESSAGE_THIS_USER, CannotReach), (403, OPENING_TOO_FAST, DoorClosed), (404, 10003, CannotReach),
    (429, 0, DoorClosed), (401, 0, DoorClosed),
])  # fmt: skip
async def test_what_is_final_and_what_may_be_over_later(status: int, code: int, meant: type[Exception]) -> None:
    response: Any = SimpleNamespace(status=status, reason="")
    with pytest.raises(meant):
        async with _failures():
            raise discord.HTTPException(response, {"code": code, "message": ""})
