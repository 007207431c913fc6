"""Over many generated histories what is there is found, and what only looks like it is not."""

import pytest

from benchmarks.epiphanies import figures, outcomes
from tests.support.epiphany_histories import Decoy, Planted, histories, history

FIRST_SEED = 4_001


@pytest.mark.slow
async def test_planted_patterns_are_found_and_decoys_are_not() -> None:
    cases = histories(48, FIRST_SEED, without=12)
    found = figures(await outcomes(cases))
    assert (found["planted"], found["decoys"]) == (48, 300)
    assert found["planted_found"] >= 0.8
    assert found["decoys_found"] <= 0.05
    assert found["strays_per_history"] <= 0.05
    assert all(found[f"found: {kind}"] >= 0.6 for kind in Planted)
    assert all(found[f"decoy: {kind}"] <= 0.1 for kind in Decoy)


@pytest.mark.slow
async def test_without_a_model_only_what_summaries_show_is_found() -> None:
    found = figures(await outcomes(histories(16, FIRST_SEED, without=4), aided=False))
    assert found["planted_found"] >= 0.3
    assert max(found["decoys_found"], found["strays_per_history"]) <= 0.05


def test_the_same_seed_writes_the_same_history() -> None:
    assert history(7, Planted.MOOD_AND_TOPIC) == history(7, Planted.MOOD_AND_TOPIC)
    assert history(7, Planted.MOOD_AND_TOPIC) != history(8, Planted.MOOD_AND_TOPIC)
