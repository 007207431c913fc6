"""Puts a conversation in the order in which it was held.

That is not quite the order of the clock: what somebody asks while an earlier reply is still being given is, for both
sides, asked after that reply.
"""

from collections.abc import Sequence

from src_v2.core.messages import Role, StoredMessage


def in_turn_order(spoken: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return messages, given in order of time, with each turn's reply before the questions of the turns after it.

    What belongs to no turn stays where it is.
    """
    to_come = {message.turn_id for message in spoken if message.role is Role.CHARACTER and message.turn_id}
    ordered: list[StoredMessage] = []
    waiting: list[StoredMessage] = []
    running: str | None = None
    for message in spoken:
        said = [message]
        if message.role is Role.CHARACTER:
            ordered.append(message)
            to_come.discard(message.turn_id or "")
            if message.turn_id != running:
                continue
            running, said, waiting = None, waiting, []
        for one in said:
            if running and one.turn_id and one.turn_id != running:
                waiting.append(one)
                continue
            ordered.append(one)
            if one.turn_id in to_come:
                running = one.turn_id
    return ordered
