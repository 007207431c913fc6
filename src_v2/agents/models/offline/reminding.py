"""What the demonstration model says to somebody who asked for a reminder, from what the prompt tells it about that."""

import re
from collections.abc import Sequence

HEADING = "## A reminder"
NO_TIME = "For when shall I remind you? Say it like: tomorrow at 17:00."
NO_MATTER = "And of what shall I remind you?"
_SET = re.compile(r"it is set; .* When: (?P<when>.+?)\. Of what:")
_WHY = re.compile(r"you must not claim that it is\.(?: Why:)? (?P<why>.+)")


def about_reminder(own_text: Sequence[str]) -> str:
    """Return what to say about a reminder; empty when nobody asked for one. `own_text` is ours, without data blocks."""
    if HEADING not in own_text:
        return ""
    told = " ".join(own_text[own_text.index(HEADING) + 1 :])
    if found := _SET.search(told):
        return f"I will remind you: {found['when']}."
    if "They did not say of what." in told:
        return NO_MATTER
    if "They named no time" in told or not (refused := _WHY.search(told)):
        return NO_TIME
    return refused["why"].partition(" Tell them")[0].partition("  ")[0]
