"""What a failed run leads to: how long to wait, when to give up, and what may be said about the reason."""

import random
import traceback
from datetime import datetime, timedelta
from pathlib import Path

import src_v2
from src_v2.core.errors import WhisperEngineError
from src_v2.core.jobs import JobKind
from src_v2.jobs.models import Begun, Failure

OUTAGE_PATIENCE = timedelta(hours=24)
"""How long a job outlives an outage, such as of a store or of a model's provider, whatever its attempts."""
JITTER = 0.2
"""Waits vary by this share, so that jobs which failed together do not come back together."""

_OURS = Path(src_v2.__file__).parent


def failure_of(error: BaseException, begun: Begun, now: datetime) -> Failure:
    """Return the failure of a run that ended with `error`."""
    return Failure(describe(error), now, begun.failures + 1, begun.failing_since or now)


def is_over(kind: JobKind, error: BaseException, failure: Failure) -> bool:
    """Whether a job is given up. An error that says that a retry can help counts no attempts while it lasts."""
    if failure.count < kind.attempts:
        return False
    outage = isinstance(error, WhisperEngineError) and error.retryable
    return not outage or failure.at - failure.since >= OUTAGE_PATIENCE


def wait_s(kind: JobKind, failures: int, choices: random.Random) -> float:
    """Return the seconds before the next run: twice as long after each failure, up to the kind's longest wait."""
    doublings = min(failures - 1, 30)  # far beyond any longest wait, and no overflow after a year of outage
    wait = min(kind.first_wait_s * 2.0**doublings, kind.longest_wait_s)
    return wait * choices.uniform(1 - JITTER, 1 + JITTER)


def describe(error: BaseException) -> str:
    """Return the classes of an error and of what caused it, and where it was raised; never its text."""
    names = [type(error).__name__]
    if isinstance(error, BaseExceptionGroup):
        names += [type(inner).__name__ for inner in error.exceptions]
    cause = error.__cause__
    if cause is not None:
        names.append(type(cause).__name__)
    return f"{' from '.join(names)} at {_place(error)}"


def _place(error: BaseException) -> str:
    """Return file and line of the innermost call within our own code, else of the innermost call."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if Path(frame.filename).is_relative_to(_OURS)]
    if ours[1:]:  # the first one is the runner, which calls every handler
        return f"{Path(ours[-1].filename).relative_to(_OURS)}:{ours[-1].lineno}"
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "an unknown place"
