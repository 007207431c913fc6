"""Who speaks through the web page, the terminal and the API.

The person in front of the machine is one and the same on the page and in the terminal, so both doors show one
conversation. Programs may speak for people of their own, each with a conversation apart. Not for Discord's people.
"""

from dataclasses import dataclass, replace

from src_v2.core.audience import Audience, Visibility
from src_v2.core.messages import Author

USER_ID_PATTERN = r"^[A-Za-z0-9_.-]{1,64}$"
LOCAL_USER_ID = "local:me"
LOCAL_NAME = "friend"
"""What characters call them, until they say their name. Not "you": in a prompt that is the character."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who talks in private; `channel` is the prefix of their conversations' channel ids."""

    author: Author
    channel: str

    def audience(self, character: str) -> Audience:
        """Return the conversation of this person with `character`."""
        return Audience(character, self.author.user_id, f"{self.channel}:{character}", Visibility.PRIVATE)

    def in_timezone(self, timezone: str) -> "Person":
        """Return the same person where it is `timezone` (an IANA name; empty: unknown)."""
        return replace(self, author=replace(self.author, timezone=timezone))


LOCAL_PERSON = Person(Author(LOCAL_USER_ID, LOCAL_NAME), "local")


def api_person(user_id: str, name: str = "") -> Person:
    """Return the person that a program speaks for; `user_id` has been checked against USER_ID_PATTERN."""
    return Person(Author(f"web:{user_id}", name or user_id), f"web:{user_id}")
