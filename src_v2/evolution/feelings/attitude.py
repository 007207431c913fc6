"""What a text does to the mood of the character that it is said to.

Being treated well or badly moves it; so does joy of theirs, a little. Their grief does not: who is sad is not unkind.
"""

from src_v2.evolution.feelings.regard import regard
from src_v2.evolution.feelings.sentiment import sentiment

SHARED_JOY = 0.3
MOST = 2.0


def attitude(text: str) -> float:
    """Return -2 (abuse) to 2 (love, or delight in it); 0 for what leaves a mood as it is."""
    return max(-MOST, min(MOST, regard(text) + SHARED_JOY * max(sentiment(text), 0.0)))
