"""Takes out of what waited for SQL whatever belongs to people who do not want to be remembered.

While SQL was away nobody could know what they had decided, so their words waited with everybody else's.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence

from src_v2.core.switches import Switches
from src_v2.memory.rows import RefChange, Transaction, only_costs
from src_v2.storage.rows import RowWrite

Decisions = Callable[[Collection[str]], Awaitable[Mapping[str, Switches]]]
"""What those of the people decided who decided anything."""
_PEOPLE = {"v2_users": "id"}
_MESSAGES = "v2_messages"


async def sifted(waiting: Sequence[Transaction], decisions: Decisions) -> list[Transaction]:
    """Return what may be written, in order; of the rest only what language models cost, without a name."""
    people = {person for change in waiting for person in _people(change)}
    decided = await decisions(people)
    if all(switches.keeps("any") for switches in decided.values()):
        return list(waiting)
    kept: list[Transaction] = []
    gone: set[str] = set()
    for change in waiting:
        if isinstance(change, RefChange) or _may_stay(change, decided, gone):
            kept.append(change)
            continue
        said = [row.values for row in change if row.table == _MESSAGES]
        gone |= {str(values[name]) for values in said for name in ("id", "turn_id") if values.get(name)}
        if costs := only_costs(change):
            kept.append(costs)
    return kept


def _people(change: Transaction) -> set[str]:
    if isinstance(change, RefChange):
        return set()
    found = (row.values.get(_PEOPLE.get(row.table, "user_id")) for row in change)
    return {str(person) for person in found if person}


def _may_stay(change: Sequence[RowWrite], decided: Mapping[str, Switches], gone: Collection[str]) -> bool:
    """Whether a transaction is of somebody who may be remembered, and does not go on with what was taken out."""
    guild = next((str(row.values["guild_id"]) for row in change if row.values.get("guild_id")), None)
    if any(not decided.get(person, Switches()).keeps(guild) for person in _people(change)):
        return False
    of = ("id", "turn_id", "message_id")
    return not any(row.values.get(name) in gone for row in change for name in of)
