"""What holds nothing about anybody, and why. Everything else has a holding that shows and erases it.

A test compares this and the holdings with every table, label, cache key, file and job that there is, so that nothing
new is stored about people without a way to see it and to be rid of it.
"""

from collections.abc import Mapping

HOLDS_NOBODY: Mapping[str, str] = {
    "table:v2_workers": "processes and their queues",
    "table:v2_retention": "what servers decided",
    "table:v2_model_overrides": "models that owners chose for characters",
    "node:Schema": "the version of the graph's schema",
}
