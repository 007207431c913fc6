"""What people of the simulated year say, and what a reader can take from it: truth is planted by the words alone."""

import re
from collections.abc import Mapping

KELP = "How was the kelp today, and how were the dives?"
SPANISH = "Hola, ¿qué tal el mar por ahí hoy?"
VULNERABLE = "I have never told anybody that I am afraid of the dark."
ACCENT = "Your accent sounds ridiculous, ha."
LITTER = "I threw my trash into the sea today and did not care."
TRIGGERS: Mapping[str, tuple[int, int]] = {
    KELP: (1, 2),
    SPANISH: (2, 2),
    VULNERABLE: (3, 3),
    ACCENT: (4, -5),
    LITTER: (5, -4),
}
"""What Elena's file names: text -> (its number there, points)."""
INSULT = "You are stupid and useless."
PRAISE = "You are lovely."
ANSWER = "I was thinking of you too, it did me good to read that."
KIND = (KELP, SPANISH, VULNERABLE)
CRUEL = (INSULT, ACCENT, LITTER)

DAYS_WORTH_A_PAGE: tuple[tuple[str, ...], ...] = (
    (
        "The old ferry broke down in the middle of the bay this morning and we had to wait for the tugboat to come.",
        "An old fisherman shared his thermos with everybody on deck and sang the same three songs over and over.",
        "When the harbour came into sight the children cheered, and the captain blew the horn until my ears rang.",
    ),
    (
        "My neighbour left a basket of quinces in front of the door, hard and yellow and smelling of roses and rain.",
        "So the whole kitchen was full of steam, and the jelly boiled over and glued the kettle to the stove.",
        "In the end there were seven jars on the windowsill, glowing like lanterns, and a burn on my thumb.",
    ),
    (
        "They are taking the piano out of the library, the one with candle holders that nobody has tuned for decades.",
        "A student sat down on the stairs and played a waltz on it while the movers argued about the doorway.",
        "Even the grumpy librarian stood there with her stamp in the air, and then she wiped her glasses clean.",
    ),
    (
        "We walked along the flooded meadow with rubber boots that were too small, counting herons on the fence posts.",
        "A fox crossed the dyke with something in its mouth, stopped, looked at us as if we owed it money, and left.",
        "On the way back the bus driver let us in without tickets because our muddy coats made him laugh so much.",
    ),
)  # fmt: skip
"""Three messages each, of more than twenty words."""

_DATED = re.compile(r"I will have an? (\w+) on (\d{4}-\d\d-\d\d)\.")


def dated(what: str, on: str) -> str:
    """Return how somebody mentions a date that is to come."""
    return f"I will have a {what} on {on}."


def date_in(text: str) -> tuple[str, str] | None:
    """Return what a message says is to come, and when."""
    found = _DATED.search(text)
    return (found[1], found[2]) if found else None
