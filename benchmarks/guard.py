"""How well the guard sees, and what it costs: `python -m benchmarks.guard [--json PATH]`.

Shares of the labelled utterances in tests/data/guard: those the rules were made with, those held back from before the
first rule, those written after the last one; and of dialogues that were written for something else.
"""

import time
from typing import Any

import yaml

from benchmarks.support import arguments, percentile, report
from src_v2.agents.guard.looking import look
from src_v2.agents.guard.private_words import private_runs
from src_v2.agents.guard.shown import Filter, Secrets
from src_v2.agents.guard.verdict import NOTHING, Sign
from src_v2.characters.models import Character
from tests.support.dialogues import FOLDER as DIALOGUES
from tests.support.guard import CHARACTER, ORDINARY, SETS, load, measure

BUDGETS: dict[str, float] = {
    "held_out_manipulation_missed": 0.10, "held_out_crisis_missed": 0.05, "held_out_false_alarms": 0.02,
    "look_ms_p95": 1.0,
}  # fmt: skip
ROUNDS = 20
REPLY_WORDS = 2000


def rates() -> dict[str, float]:
    """Return the shares of each set."""
    figures: dict[str, float] = {}
    for name in SETS:
        labelled = load(name)
        found = measure(labelled)
        figures[f"{name}_utterances"] = sum(map(len, labelled.values()))
        figures |= {f"{name}_{sign.value}_missed": 1 - found.caught[sign] for sign in Sign}
        figures[f"{name}_false_alarms"] = found.false_alarms
    said = _texts([yaml.safe_load(file.read_text("utf-8")) for file in sorted(DIALOGUES.glob("*.yaml"))])
    figures["dialogue_utterances"] = len(said)
    figures["dialogue_false_alarms"] = sum(look(text, CHARACTER) != NOTHING for text in said) / len(said)
    return figures


def times() -> dict[str, float]:
    """Return what looking at an ordinary message costs, and what the filter adds to a streamed word."""
    took_ms = []
    for text in [*load("tuned")[ORDINARY]] * ROUNDS:
        began = time.perf_counter()
        look(text, CHARACTER)
        took_ms.append((time.perf_counter() - began) * 1000)
    seen = Filter(Secrets([f"secret-value-number-{number:04}" for number in range(12)]), private_runs(_character()))
    began = time.process_time()
    for number in range(REPLY_WORDS):
        seen.take(f" word{number % 97}")
    filter_ms = (time.process_time() - began) * 1000 / REPLY_WORDS
    look_ms = {"look_ms_p50": percentile(took_ms, 0.5), "look_ms_p95": percentile(took_ms, 0.95)}
    return look_ms | {"filter_ms_per_word": filter_ms}


def main() -> None:
    """Measure and report."""
    options = arguments(__doc__).parse_args()
    report("The guard", rates() | times(), options.json, BUDGETS)


def _character() -> Character:
    return Character("elena", CHARACTER, "")


def _texts(data: Any) -> list[str]:
    if isinstance(data, str):
        return [data] if " " in data else []
    values = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for value in values for text in _texts(value)]


if __name__ == "__main__":
    main()
