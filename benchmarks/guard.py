"""How well the guard sees, and what it costs: `python -m benchmarks.guard [--json PATH] [--data-dir DIR]`.

Shares of the labelled utterances in tests/data/guard (its README says when each was written), of dialogues that were
written for something else, and of routing's small talk that is held back; by rules alone and with what the packaged
embedding model makes of the meaning. Without `--data-dir` the model is exported into a temporary folder.
"""

import asyncio
import gc
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import yaml

from benchmarks.support import arguments, loop_watch, percentile, report
from src_v2.agents.guard.cues import cues
from src_v2.agents.guard.examples import QUIET_KINDS
from src_v2.agents.guard.looking import look
from src_v2.agents.guard.meaning import Meaning
from src_v2.agents.guard.private_words import private_runs
from src_v2.agents.guard.readings import folded
from src_v2.agents.guard.shown import Filter, Secrets
from src_v2.agents.guard.verdict import Sign, Verdict
from src_v2.agents.routing.examples import load_examples
from src_v2.characters.models import Character
from src_v2.core.clock import SystemClock
from src_v2.memory.embeddings.base import Embedder
from src_v2.memory.embeddings.loading import LocalEmbedder, LocalModelConfig
from src_v2.memory.embeddings.obtaining import PACKAGED_MODEL
from tests.support.dialogues import FOLDER as DIALOGUES
from tests.support.guard import (
    CHARACTER,
    NEW_KIND,
    ORDINARY,
    SETS,
    guard_with,
    load,
    load_unforeseen,
    measure,
    texts_in,
)  # fmt: skip

BUDGETS: dict[str, float] = {
    "rules.held_out.manipulation_missed": 0.10, "rules.held_out.crisis_missed": 0.05,
    "rules.held_out.false_alarms": 0.02,
    "both.unforeseen.manipulation_missed": 0.10, "both.unforeseen.crisis_missed": 0.05,
    "both.unforeseen.manipulation_alarms": 0.01, "both.unforeseen.crisis_alarms": 0.03,
    "both.small_talk.manipulation_alarms": 0.0, "both.small_talk.crisis_alarms": 0.003,
    "both.dialogues.crisis_alarms": 0.002,
    "first_start_stall_ms_max": 50.0, "later_start_ms": 50.0, "later_start_stall_ms_max": 50.0,
    "look_ms_p95": 1.0, "meaning_ms_p95": 3.0,
}  # fmt: skip
TALK = ("held_back", "written_later")
ROUTING = Path(__file__).parents[1] / "tests" / "data" / "routing"
PATIENT_S = 5.0
"""How long an embedding may take here: a busy machine must not change what is seen, only how long it took."""
ROUNDS = 20
REPLY_WORDS = 2000
SEEN = (Sign.CRISIS, Sign.MANIPULATION)
Figures = dict[str, float]


def said() -> dict[str, list[str]]:
    """Return what was said in each set in which there is nothing to see."""
    talk = [one.text for name in TALK for one in load_examples(ROUTING / f"{name}.yaml") if one.kind in QUIET_KINDS]
    told = texts_in([yaml.safe_load(file.read_text("utf-8")) for file in sorted(DIALOGUES.glob("*.yaml"))])
    return {"small_talk": talk, "dialogues": told}


def rates(way: str, verdicts: Mapping[str, Verdict]) -> Figures:
    """Return the shares of each set, of verdicts by text: `<way>.<set>.<figure>`."""
    figures: Figures = {}
    for name in SETS:
        labelled = load(name)
        found = measure(labelled, verdicts.__getitem__)
        figures[f"{way}.{name}.utterances"] = sum(map(len, labelled.values()))
        figures |= {f"{way}.{name}.{sign.value}_missed": 1 - found.caught[sign] for sign in Sign}
        figures[f"{way}.{name}.false_alarms"] = found.false_alarms
    for name, texts in said().items():
        figures[f"{way}.{name}.utterances"] = len(texts)
        figures |= _alarms(f"{way}.{name}", texts, verdicts)
    return figures | _unforeseen(way, verdicts)


def _unforeseen(way: str, verdicts: Mapping[str, Verdict]) -> Figures:
    figures: Figures = {}
    labelled = load_unforeseen()
    for sign in SEEN:
        kinds = labelled[sign.value]
        of_new = _flat(texts for kind, texts in kinds.items() if kind.startswith(NEW_KIND))
        for name, texts in (("", _flat(kinds.values())), ("_of_new_kinds", of_new)):
            missed = sum(sign not in verdicts[text] for text in texts)
            figures[f"{way}.unforeseen.{sign.value}{name}_utterances"] = len(texts)
            figures[f"{way}.unforeseen.{sign.value}{name}_missed"] = missed / len(texts)
    ordinary = _flat(labelled[ORDINARY].values())
    figures[f"{way}.unforeseen.ordinary_utterances"] = len(ordinary)
    return figures | _alarms(f"{way}.unforeseen", ordinary, verdicts)


def _alarms(name: str, texts: Sequence[str], verdicts: Mapping[str, Verdict]) -> Figures:
    return {f"{name}.{sign.value}_alarms": sum(sign in verdicts[text] for text in texts) / len(texts) for sign in SEEN}


def _everything() -> list[str]:
    labelled = [_flat(load(name).values()) for name in SETS]
    unforeseen = [_flat(kinds.values()) for kinds in load_unforeseen().values()]
    return list(dict.fromkeys(_flat([*labelled, *unforeseen, *said().values()])))


async def by_meaning(data_dir: Path, keep_in: Path) -> Figures:
    """Return the shares with the packaged model, what starts take, and what looking costs beside the embedding."""
    embedder = LocalEmbedder(LocalModelConfig(data_dir, model=PACKAGED_MODEL, size=None))
    embedder.start()
    await embedder.ready.wait()
    gc.collect()
    gc.freeze()  # as a process does once it has started
    meaning, figures = await _started("first_start", embedder, keep_in)
    await meaning.close()
    meaning, later = await _started("later_start", embedder, keep_in)
    looks = guard_with(meaning)
    figures |= later | rates("both", {text: await looks(text) for text in _everything()})
    figures |= await _meaning_ms(meaning, embedder)
    await meaning.close()
    await embedder.close()
    return figures


async def _started(name: str, embedder: Embedder, keep_in: Path) -> tuple[Meaning, Figures]:
    """Return a meaning once it has learned, how long that took, and how long it held up the event loop at worst."""
    meaning = Meaning(embedder, SystemClock(), keep_in, embedding_budget_s=PATIENT_S, learn_after_s=0)
    began = time.perf_counter()
    async with loop_watch() as watch:
        meaning.start()
        await meaning.learned()
        took_ms = (time.perf_counter() - began) * 1000
    return meaning, {f"{name}_ms": took_ms, f"{name}_stall_ms_max": watch.longest_s * 1000}


async def _meaning_ms(meaning: Meaning, embedder: Embedder) -> Figures:
    """Return what the meaning of a text costs whose vector is there already, as it is for recall's and routing's."""
    took_ms = []
    for text in load("tuned")[ORDINARY]:
        await embedder.encode([text], kind="query")
        began = time.perf_counter()
        await meaning.seen(text, CHARACTER, ())
        took_ms.append((time.perf_counter() - began) * 1000)
    return {"meaning_ms_p50": percentile(took_ms, 0.5), "meaning_ms_p95": percentile(took_ms, 0.95)}


def times() -> Figures:
    """Return what looking at an ordinary message costs, and what the filter adds to a streamed word."""
    took_ms, cues_ms = [], []
    for text in [*load("tuned")[ORDINARY]] * ROUNDS:
        began = time.perf_counter()
        look(text, CHARACTER)
        looked = time.perf_counter()
        cues(folded(text))
        took_ms.append((looked - began) * 1000)
        cues_ms.append((time.perf_counter() - looked) * 1000)
    seen = Filter(Secrets([f"secret-value-number-{number:04}" for number in range(12)]), private_runs(_character()))
    began = time.process_time()
    for number in range(REPLY_WORDS):
        seen.take(f" word{number % 97}")
    filter_ms = (time.process_time() - began) * 1000 / REPLY_WORDS
    look_ms = {"look_ms_p50": percentile(took_ms, 0.5), "look_ms_p95": percentile(took_ms, 0.95)}
    return look_ms | {"cues_ms_p95": percentile(cues_ms, 0.95), "filter_ms_per_word": filter_ms}


def main() -> None:
    """Measure and report."""
    parser = arguments(__doc__)
    parser.add_argument("--data-dir", type=Path, help="where the embedding model is, or is exported to")
    options = parser.parse_args()
    figures = rates("rules", {text: look(text, CHARACTER) for text in _everything()})
    with tempfile.TemporaryDirectory() as temporary:
        figures |= asyncio.run(by_meaning(options.data_dir or Path(temporary), Path(temporary) / "guard"))
    report("The guard", figures | times(), options.json, BUDGETS)


def _character() -> Character:
    return Character("elena", CHARACTER, "")


def _flat(lists: Iterable[Sequence[str]]) -> list[str]:
    return [text for texts in lists for text in texts]


if __name__ == "__main__":
    main()
