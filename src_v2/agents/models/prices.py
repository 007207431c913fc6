"""What a model call costs: the operator's own prices first, then the table of the package `genai-prices`.

A price that nobody knows stays unknown. The table is part of the installed package and asks nobody; it carries no date
of its own, so the newest day on which one of its prices began stands for it.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from src_v2.agents.models.providers import PROVIDERS, Protocol
from src_v2.agents.models.records import CallRecord
from src_v2.core.errors import SettingsError

if TYPE_CHECKING:
    from genai_prices.types import ModelPrice

SETTING = "COSTS_PRICES_FILE"
TABLE_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "openai": "openai", "anthropic": "anthropic", "openrouter": "openrouter", "groq": "groq", "mistral": "mistral",
        "deepseek": "deepseek", "together": "together", "xai": "x-ai", "google": "google",
    }
)  # fmt: skip
"""Our providers as the table calls them. It is never asked for others: it would take `openai-compatible` for OpenAI."""
FREE = ":free"
"""How OpenRouter ends the names of models that cost nothing; any other model without a price has an unknown one."""
MILLION = 1_000_000

Usd = Annotated[float, Field(ge=0, le=100_000)]


class OwnPrice(BaseModel):
    """US dollars per million tokens; `cached` without a value costs as much as `input`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input: Usd
    output: Usd
    cached: Usd | None = None

    def of(self, record: CallRecord) -> float:
        """Return what a call costs."""
        cached = min(record.cached_tokens, record.prompt_tokens)
        at_cached = self.input if self.cached is None else self.cached
        fresh = (record.prompt_tokens - cached) * self.input
        return (fresh + cached * at_cached + record.completion_tokens * self.output) / MILLION


class OwnPrices(BaseModel):
    """The operator's price file: models by `provider:model`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    date: date
    models: Mapping[str, OwnPrice]


def read_own_prices(path: Path) -> OwnPrices:
    """Read a price file; raises SettingsError that says what is wrong with it."""
    try:
        found = OwnPrices.model_validate(yaml.safe_load(path.read_text()))
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{SETTING}: {path} cannot be read ({type(problem).__name__})") from problem
    except yaml.YAMLError as problem:
        raise SettingsError(f"{SETTING}: {path} is no YAML: {' '.join(str(problem).split())}") from problem
    except ValidationError as problem:
        told = [f"{'.'.join(map(str, item['loc'])) or 'the file'}: {item['msg']}" for item in problem.errors()]
        raise SettingsError(f"{SETTING}: {path} is no list of prices: {'; '.join(told)}") from problem
    strangers = [name for name in found.models if name.partition(":")[0].strip().lower() not in PROVIDERS]
    if strangers:
        raise SettingsError(f"{SETTING}: {path} names models of unknown providers: {', '.join(strangers)}")
    return found


@dataclass(frozen=True, slots=True)
class _Table:
    """The package's table. `known_since` are the days on which prices in it began, in order."""

    known_since: tuple[date, ...]

    def cost(self, record: CallRecord, at: datetime) -> float | None:
        """Return what a call costs, None when the table does not know."""
        from genai_prices import Usage, calc_price

        usage = Usage(
            input_tokens=record.prompt_tokens,
            cache_read_tokens=min(record.cached_tokens, record.prompt_tokens),
            output_tokens=record.completion_tokens,
            output_reasoning_tokens=min(record.reasoning_tokens, record.completion_tokens),
        )
        provider = TABLE_NAMES[record.provider]
        try:
            found = calc_price(usage, record.model, provider_id=provider, genai_request_timestamp=at)
        except (LookupError, ValueError):  # no such model; or counts that cannot be
            return None
        if not record.model.endswith(FREE) and not _has_price(found.model_price):
            return None
        return float(found.total_price)

    def as_of(self, at: datetime) -> str:
        """Return the date of the list that holds at a moment."""
        before = bisect_right(self.known_since, at.date())
        return self.known_since[max(0, before - 1)].isoformat()


class Prices:
    """Prices calls; satisfies `records.Pricing`."""

    def __init__(self, own: OwnPrices | None = None) -> None:
        self._own = {_plain(name): price for name, price in own.models.items()} if own else {}
        self._own_date = own.date.isoformat() if own else ""
        self._table: _Table | None = None

    def load(self, provider: str) -> None:
        """Get ready for calls to a provider: reading the table takes a second of CPU, once."""
        if self._table is None and provider in TABLE_NAMES:
            self._table = _read_table()

    def priced(self, record: CallRecord, at: datetime) -> CallRecord:
        """Return the record with its price, if that is known."""
        own = self._own.get(f"{record.provider}:{record.model}".lower())
        if own is not None:
            return replace(record, cost_usd=own.of(record), priced_on=self._own_date)
        if PROVIDERS[record.provider].protocol is Protocol.OFFLINE:
            return replace(record, cost_usd=0.0)  # nobody is asked
        if record.provider not in TABLE_NAMES:
            return record
        self.load(record.provider)
        assert self._table is not None  # noqa: S101 - it was loaded in the line before
        cost = self._table.cost(record, at)
        return record if cost is None else replace(record, cost_usd=cost, priced_on=self._table.as_of(at))


def _read_table() -> _Table:
    """Read every price, so that the first call that is priced need not wait."""
    from genai_prices.data_snapshot import get_snapshot
    from genai_prices.types import ModelPrice, StartDateConstraint

    began = {
        price.constraint.start_date
        for provider in get_snapshot().providers
        for model in provider.models
        if not isinstance(model.prices, ModelPrice)
        for price in model.prices
        if isinstance(price.constraint, StartDateConstraint)
    }
    return _Table(tuple(sorted(began)))


def _has_price(price: "ModelPrice") -> bool:
    """Whether both what is asked and what is answered has a price, as it has for every model that one talks with."""
    return price.input_mtok is not None and price.output_mtok is not None


def _plain(name: str) -> str:
    provider, _, model = name.partition(":")
    return f"{provider.strip()}:{model.strip()}".lower()
