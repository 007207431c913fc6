"""Which models play which role, for whom, and who stands above them."""

import pytest

from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.pool import ModelPool
from src_v2.agents.models.role import ModelRole
from src_v2.agents.models.roles import ModelRoles
from src_v2.agents.models.service import LanguageModels
from src_v2.agents.models.spec import Chain, ModelSpec
from src_v2.core.errors import SettingsError
from tests.support.clock import VirtualClock
from tests.support.llm import LocalLLM

MAIN, SMALL, REFLECTIVE, VISION = ModelRole.MAIN, ModelRole.SMALL, ModelRole.REFLECTIVE, ModelRole.VISION


def spec(name: str) -> ModelSpec:
    return ModelSpec("openai-compatible", name, "http://127.0.0.1:9/v1")


class Cast:
    """Roles under test; `made` are the chains that were made, each with the one above it."""

    def __init__(self, **chains: Chain) -> None:
        self.made: list[tuple[Chain, Chain | None]] = []
        self.chosen: dict[tuple[ModelRole, str], ModelSpec] = {}
        self.pool = ModelPool(ModelBuilder())
        self.roles = ModelRoles(
            {ModelRole(role): chain for role, chain in chains.items()}, self.make, self.pool,
            chosen=lambda role, character: self.chosen.get((role, character)),
        )  # fmt: skip

    def make(self, chain: Chain, stronger: LanguageModels | None) -> LanguageModels:
        self.made.append((chain, stronger.chain if stronger else None))
        return LanguageModels(chain, pool=self.pool, clock=VirtualClock(), stronger=stronger)

    def above(self, role: ModelRole, character: str = "") -> Chain | None:
        """Return who is asked when a role's answer is of no use."""
        chain = self.roles.of(role, character).chain
        return next((above for made, above in reversed(self.made) if made == chain and above), None)


def test_a_role_that_nobody_named_is_played_by_the_main_models() -> None:
    cast = Cast(main=(spec("m"), spec("f")))
    assert all(cast.roles.of(role).chain == (spec("m"), spec("f")) for role in ModelRole)
    assert all(cast.above(role) is None for role in ModelRole)


def test_each_role_has_the_next_stronger_one_above_it() -> None:
    cast = Cast(main=(spec("m"),), small=(spec("s"),), reflective=(spec("r"),), vision=(spec("v"),))
    assert cast.above(SMALL) == (spec("m"),)
    assert cast.above(MAIN) == (spec("r"),)
    assert cast.above(REFLECTIVE) is None
    assert cast.above(VISION) is None


def test_the_same_chain_is_not_stronger_than_itself() -> None:
    cast = Cast(main=(spec("m"),), small=(spec("m"),), reflective=(spec("m"),))
    assert cast.above(SMALL) is None
    assert cast.above(MAIN) is None


def test_what_was_chosen_for_a_character_comes_first_and_the_settings_stay_behind_it() -> None:
    cast = Cast(main=(spec("m"), spec("f")))
    cast.chosen[MAIN, "elena"] = spec("f")
    assert cast.roles.of(MAIN, "elena").chain == (spec("f"), spec("m"))
    assert cast.roles.of(SMALL, "elena").chain == (spec("f"), spec("m"))
    assert cast.roles.of(MAIN, "marcus").chain == (spec("m"), spec("f"))


def test_a_choice_holds_at_once_and_its_end_too() -> None:
    cast = Cast(main=(spec("m"),))
    before = cast.roles.of(MAIN, "elena")
    cast.chosen[MAIN, "elena"] = spec("x")
    assert cast.roles.of(MAIN, "elena").chain[0] == spec("x")
    cast.chosen.clear()
    assert cast.roles.of(MAIN, "elena") is before


async def test_every_model_is_built_once_for_all_roles(llm: LocalLLM) -> None:
    built: list[ModelSpec] = []
    builder = ModelBuilder()
    one = ModelSpec("openai-compatible", "one", llm.openai_url)
    two = ModelSpec("openai-compatible", "two", llm.openai_url)

    pool = ModelPool(lambda wanted: built.append(wanted) or builder(wanted))  # type: ignore[func-returns-value]
    roles = ModelRoles(
        {MAIN: (one, two), SMALL: (two,)},
        lambda chain, stronger: LanguageModels(chain, pool=pool, clock=VirtualClock(), stronger=stronger), pool,
    )  # fmt: skip
    await roles.prepare()
    async with roles.of(SMALL).stream([], purpose="x", record=lambda _: None) as chunks:
        assert [chunk async for chunk in chunks]
    assert built == [one, two]
    await roles.close()


def test_a_main_chain_is_needed() -> None:
    with pytest.raises(SettingsError, match="LLM_MODEL"):
        Cast(small=(spec("s"),))
