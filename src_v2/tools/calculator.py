"""Reckon: what a language model guesses at, and should not."""

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from src_v2.core.fence import one_line
from src_v2.tools.arguments import Arguments, Unfit
from src_v2.tools.base import Cost, Permission, Tool, ToolContext, ToolResult
from src_v2.tools.reckoning.reading import LONGEST_CHARS, Unreadable, read
from src_v2.tools.reckoning.values import Unreckonable, shown
from src_v2.tools.reckoning.working import work_out
from src_v2.tools.results import ok

Expression = Annotated[str, StringConstraints(max_length=LONGEST_CHARS, min_length=1), AfterValidator(one_line)]


class Calculate(Arguments):
    """What to reckon."""

    expression: Expression = Field(
        description=(
            "Numbers, + - * / // % ** and parentheses; 15% of 80; 200 + 10% (is 220); 5!; sqrt, round(x, places), min, "
            "max, sum, mean, abs, floor, ceil, log(x, base), ln, exp, sin (in radians; radians(30) converts), choose, "
            "gcd. No units."
        )
    )


def calculator() -> Tool[Calculate]:
    """Return the tool. Fractions are exact; nothing that is written is executed."""
    return Tool(
        name="calculator",
        description="Reckon exactly. Use it for every calculation beyond the simplest, also for percentages and sums.",
        arguments=Calculate,
        run=_run,
        permission=Permission.COMPUTE,
        cost=Cost.CHEAP,
    )


async def _run(wanted: Calculate, _context: ToolContext) -> ToolResult:
    try:
        return ok(f"= {shown(work_out(read(wanted.expression)))}")
    except (Unreadable, Unreckonable) as advice:
        raise Unfit(str(advice)) from None
