"""Health checks answer whatever state the parts are in."""

from src_v2.observability.health import Check, Health


async def test_a_probe_that_raises_is_a_finding_and_hides_no_other() -> None:
    async def broken() -> Check:
        raise RuntimeError("postgresql://sam:secret@db")

    async def well() -> Check:
        return Check("cache", ok=True)

    health = Health()
    health.register("database", broken)
    health.register("cache", well)
    assert await health.run() == [Check("database", ok=False, detail="RuntimeError"), Check("cache", ok=True)]
