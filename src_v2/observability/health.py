"""Is everything there that should be? One list of checks for `doctor`, `/healthz`, `/readyz` and `/status`."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

CHECK_TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Check:
    """One finding. `required` says whether the process is of use without it; `remedy` is what to do about it."""

    name: str
    ok: bool
    detail: str = ""
    remedy: str = ""
    required: bool = False


Probe = Callable[[], Awaitable[Check]]


class Health:
    """The registered checks."""

    def __init__(self) -> None:
        self._probes: dict[str, Probe] = {}

    def register(self, name: str, probe: Probe) -> None:
        """Add a check; a `probe` had better say what is wrong, of one that raises only the error's type is told."""
        self._probes[name] = probe

    async def run(self) -> list[Check]:
        """Run all checks at once; one that takes longer than CHECK_TIMEOUT_S counts as failed."""
        return list(await asyncio.gather(*(self._one(name, probe) for name, probe in self._probes.items())))

    async def ready(self) -> bool:
        """Whether everything required is there."""
        return all(check.ok for check in await self.run() if check.required)

    async def _one(self, name: str, probe: Probe) -> Check:
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_S):
                return await probe()
        except TimeoutError:
            return Check(name, ok=False, detail=f"no answer within {CHECK_TIMEOUT_S:.0f} s")
        except Exception as error:  # noqa: BLE001 - a probe's edge: the other findings are wanted all the more
            return Check(name, ok=False, detail=type(error).__name__)
