"""Follows an erasure that was asked for, for the doors that tell how far it is. Not for doing it."""

from collections.abc import AsyncIterator, Callable

from src_v2.core.clock import Clock
from src_v2.core.errors import StoreUnavailable
from src_v2.interfaces.own_data import OwnData
from src_v2.privacy.models import Erasure, ErasureState

FIRST_LOOK_S = 0.5
LONGEST_WAIT_S = 10.0


async def changes(
    own_data: OwnData,
    erasure_id: str,
    clock: Clock,
    *,
    within_s: float = float("inf"),
    gone: Callable[[], bool] = lambda: False,
) -> AsyncIterator[Erasure]:
    """Yield each state that follows WORKING; ends when it is DONE, after `within_s` seconds, or when `gone()`."""
    last, wait_s, ends_at = ErasureState.WORKING, FIRST_LOOK_S, clock.monotonic() + within_s
    while last is not ErasureState.DONE and clock.monotonic() < ends_at:
        await clock.sleep(wait_s)
        if gone():
            return
        wait_s = min(wait_s * 2, LONGEST_WAIT_S)
        now = await _look(own_data, erasure_id)
        if now.state is not last:
            last = now.state
            yield now


async def _look(own_data: OwnData, erasure_id: str) -> Erasure:
    """Return the state; a store that cannot even tell is one that is waited for."""
    try:
        return await own_data.erasure(erasure_id)
    except StoreUnavailable:
        return Erasure(erasure_id, ErasureState.WAITING)
