"""How reminders are asked for in the languages that are understood: words and patterns, not what they mean."""

from src_v2.evolution.reminders.tongues.base import Found, Kind, Tongue
from src_v2.evolution.reminders.tongues.de import GERMAN
from src_v2.evolution.reminders.tongues.en import ENGLISH
from src_v2.evolution.reminders.tongues.es import SPANISH
from src_v2.evolution.reminders.tongues.fr import FRENCH
from src_v2.evolution.reminders.tongues.pt import PORTUGUESE

TONGUES = (ENGLISH, SPANISH, GERMAN, FRENCH, PORTUGUESE)
for _tongue in TONGUES:
    _tongue.compile()  # on import: the first message would wait for it on the event loop

__all__ = ["TONGUES", "Found", "Kind", "Tongue"]
