"""The tools there are, by group."""

from typing import Any

from src_v2.tools.analyze_topic import analyze_topic
from src_v2.tools.base import Tool
from src_v2.tools.calculator import calculator
from src_v2.tools.correct_fact import correct_fact
from src_v2.tools.current_time import current_time
from src_v2.tools.look_up_facts import look_up_facts
from src_v2.tools.ports import FactBook, Heard, MessageSearch
from src_v2.tools.read_preferences import read_preferences
from src_v2.tools.recall_period import recall_period
from src_v2.tools.retract_fact import retract_fact
from src_v2.tools.search_channel import search_channel
from src_v2.tools.search_messages import search_messages
from src_v2.tools.search_summaries import search_summaries
from src_v2.tools.set_preference import set_preference
from src_v2.tools.walk_relationships import walk_relationships


def memory_tools(search: MessageSearch, facts: FactBook) -> list[Tool[Any]]:
    """Return the tools that look into, and put right, what a character remembers and knows."""
    return [
        search_messages(search),
        search_summaries(search, facts),
        look_up_facts(facts),
        walk_relationships(facts),
        correct_fact(facts),
        retract_fact(facts),
        read_preferences(facts),
        set_preference(facts),
    ]


def composite_tools(search: MessageSearch, facts: FactBook, heard: Heard) -> list[Tool[Any]]:
    """Return the tools that take several looks at once."""
    return [analyze_topic(search, facts), recall_period(heard, facts)]


def plain_tools(heard: Heard) -> list[Tool[Any]]:
    """Return the tools that need no permission of anybody: here and now, and arithmetic."""
    return [search_channel(heard), calculator(), current_time()]
