"""Puts a conversation in the order in which it was held. Not the order of the clock: who asks while an earlier reply is
being given asks, as both sides see it, after that reply.
"""

from collections.abc import Sequence

from src_v2.core.messages import Role, StoredMessage


def in_turn_order(spoken: Sequence[StoredMessage]) -> list[StoredMessage]:
    """Return messages, given in order of time, with each turn's reply before the questions of the turns after it.

    What belongs to no turn stays where it is.
    """
    replied = {message.turn_id for message in spoken if message.role is Role.CHARACTER}
    ordered: list[StoredMessage] = []
    left = list(spoken)
    while left:
        running: str | None = None
        held_back: list[StoredMessage] = []
        for position, message in enumerate(left):
            if running and message.turn_id and message.turn_id != running and message.role is Role.USER:
                held_back.append(message)
                continue
            ordered.append(message)
            if message.role is Role.CHARACTER and message.turn_id == running:
                left = held_back + left[position + 1 :]
                break
            if message.role is Role.USER and message.turn_id in replied:
                running = message.turn_id
        else:
            left = held_back
    return ordered
