"""What models took and who of them answers, in words that every door shows."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from src_v2.agents.costs.models import By, CostReport, Used
from src_v2.agents.models.role import RoleModels

DEFAULT = "default"
"""Typed in place of a model: go back to the settings."""
HEADINGS = {By.DAY: "By day", By.MODEL: "By model", By.PURPOSE: "By purpose"}
PARTS_SHOWN = 8
SMALLEST_USD = 0.0001


def report_words(report: CostReport, *, by: Sequence[By] = tuple(By), longest: int = 100_000) -> str:
    """Return a report of at most `longest` characters; parts that find no room are counted."""
    days = "today" if report.days == 1 else f"the last {report.days} days"
    if not report.entries:
        return f"No model was asked {days if report.days == 1 else 'in ' + days}."
    head = f"{days[0].upper()}{days[1:]} (UTC): {used_words(report.total)}{_kinds(report.total)}."
    lines = [head, f"Prices as of {report.priced_on}." if report.priced_on else ""]
    for what in by:
        parts = report.by(what)
        shown = parts[-PARTS_SHOWN:] if what is By.DAY else parts[:PARTS_SHOWN]
        lines += [f"{HEADINGS[what]}:", *(f"- {name}: {used_words(used)}" for name, used in shown)]
        if len(parts) > len(shown):
            lines.append(f"- and {len(parts) - len(shown)} more")
    return _cut([line for line in lines if line], longest)


def used_words(used: Used) -> str:
    """Return calls, tokens and cost; what has no known price is said to have none."""
    calls = f"{used.calls:,} {'call' if used.calls == 1 else 'calls'}"
    tokens = f"{used.tokens:,} tokens"
    if not used.unpriced:
        return f"{money(used.cost_usd)}, {calls}, {tokens}"
    unknown = f"{used.unpriced:,} {'call' if used.unpriced == 1 else 'calls'} of unknown price"
    if used.unpriced == used.calls:
        return f"{unknown}, {tokens}"
    return f"{money(used.cost_usd)} plus {unknown}, {calls}, {tokens}"


def money(usd: float) -> str:
    """Return an amount with as many digits as say something."""
    if usd == 0:
        return "$0"
    if usd < SMALLEST_USD:
        return f"less than ${SMALLEST_USD}"
    return f"${usd:,.2f}" if usd >= 1 else f"${usd:.4f}"


def model_words(roles: Sequence[RoleModels], now: datetime) -> str:
    """Return who plays each role, the first model asked first, and until when a choice holds."""
    return "\n".join(_role_words(role, now) for role in roles)


def _role_words(role: RoleModels, now: datetime) -> str:
    first, *others = role.models
    then = f", then {', '.join(others)}" if others else ""
    if role.chosen_until is None:
        return f"{role.role}: {first}{then}"
    hours = max(1, round((role.chosen_until - now) / timedelta(hours=1)))
    return f"{role.role}: {first} (chosen, for {hours} more {'hour' if hours == 1 else 'hours'}){then}"


def _kinds(used: Used) -> str:
    cached = f", {used.cached_tokens:,} of them cached" if used.cached_tokens else ""
    thought = f", {used.reasoning_tokens:,} of them thoughts" if used.reasoning_tokens else ""
    return f" ({used.prompt_tokens:,} asked{cached}; {used.completion_tokens:,} answered{thought})"


def _cut(lines: Sequence[str], longest: int) -> str:
    text = "\n".join(lines)
    if len(text) <= longest:
        return text
    return text[: text.rindex("\n", 0, longest - 2)] + "\n…"
