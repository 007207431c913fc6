"""Model objects by spec, each built once and shared by everybody who asks that model."""

import asyncio
from collections.abc import Callable

from langchain_core.language_models import BaseChatModel

from src_v2.agents.models.admission import Admission
from src_v2.agents.models.records import Pricing
from src_v2.agents.models.spec import ModelSpec

BuildModel = Callable[[ModelSpec], BaseChatModel]


class ModelPool:
    """`build` makes the model object of a spec and `pricing` gets ready; both may be slow, they run aside.

    At most `at_once` requests are built and sent at the same time.
    """

    def __init__(self, build: BuildModel, *, at_once: int = 48, pricing: Pricing | None = None) -> None:
        self._build = build
        self._pricing = pricing
        self._models: dict[ModelSpec, BaseChatModel] = {}
        self._building = asyncio.Lock()
        self.admission = Admission(at_once)

    async def get(self, spec: ModelSpec) -> BaseChatModel:
        """Return the model object of `spec`, built at its first use."""
        if spec in self._models:
            return self._models[spec]
        async with self._building:
            if spec not in self._models:
                self._models[spec] = await asyncio.to_thread(self._ready, spec)
            return self._models[spec]

    async def close(self) -> None:
        """Close every connection to the models."""
        models, self._models = self._models, {}
        for model in models.values():
            aclose = getattr(model, "aclose", None)
            if aclose is not None:
                await aclose()

    def _ready(self, spec: ModelSpec) -> BaseChatModel:
        if self._pricing is not None:
            self._pricing.load(spec.provider)
        return self._build(spec)
