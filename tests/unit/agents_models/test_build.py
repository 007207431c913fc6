"""What is asked of each kind of model: `src_v2.agents.models.build`."""

import pytest

from src_v2.agents.models.build import ModelBuilder
from src_v2.agents.models.spec import ModelSpec

LOCAL = {"openai": "http://127.0.0.1:9/v1", "openai-compatible": "http://127.0.0.1:9/v1"}


@pytest.mark.parametrize(
    ("model", "given"),
    [
        ("openai:gpt-4.1", True), ("openai:gpt-5-chat-latest", True), ("openai-compatible:o3", True),
        ("openai:gpt-5-mini", False), ("openai:o3-mini", False),
    ],
)  # fmt: skip
def test_models_that_reason_first_are_not_given_a_temperature(model: str, given: bool) -> None:
    built = ModelBuilder(keys={"openai": "sk-test"}, temperature=0.7)(ModelSpec.parse(model, LOCAL))
    assert (getattr(built, "temperature", None) == 0.7) is given
