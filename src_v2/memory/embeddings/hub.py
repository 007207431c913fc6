"""Fetching a model from the Hugging Face cache or hub: `python -m src_v2.memory.embeddings.hub`.

Runs in a process of its own (see `steps`). Without a network it gives up within about three seconds. Not for exporting.
"""

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from src_v2.memory.embeddings.steps import report_progress, report_result

PROBE_S = 2.5
"""How long the hub has to answer at all, looking up its name included."""

READ_TIMEOUT_S = 10
"""Silence on a download that has begun."""

_POLL_S = 0.5
_WEIGHTS = ("*.safetensors", "pytorch_model*.bin")
_SMALL_FILES = ("*.json", "*.txt", "*.model")
_OTHER_RUNTIMES = ("onnx/*", "openvino/*", "*.msgpack", "*.h5")


def fetch(model: str, *, offline: bool) -> Path | str:
    """Return the folder of `model`, from the cache or else the hub, or the reason why it cannot be had."""
    if cached := _cached(model):
        return cached
    if offline:
        return f"{model} is not on this machine and the model hub may not be asked"
    if not hub_answers():
        return "the model hub could not be reached"
    return _download(model)


def _cached(model: str) -> Path | None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = Path(snapshot_download(model, local_files_only=True))
    except (LocalEntryNotFoundError, HFValidationError, OSError):
        return None
    # A download that broke off leaves a snapshot without weights.
    return folder if _has_weights(folder) else None


def _has_weights(folder: Path) -> bool:
    whole = (folder / "config.json").is_file() and (folder / "tokenizer_config.json").is_file()
    return whole and any(path.is_file() for pattern in _WEIGHTS for path in folder.glob(pattern))


def hub_answers() -> bool:
    """Whether the hub answers at all, whatever it says; takes at most `PROBE_S` seconds."""
    from huggingface_hub import constants
    from huggingface_hub.utils import get_session  # type: ignore[attr-defined]

    answered = threading.Event()

    def ask() -> None:
        try:
            get_session().head(constants.ENDPOINT, timeout=PROBE_S)
        except Exception:  # noqa: BLE001 - whatever goes wrong, and each HTTP library has its own errors: no hub
            return
        finally:
            done.set()
        answered.set()

    # A thread, because looking up a name has no timeout of its own.
    done = threading.Event()
    threading.Thread(target=ask, daemon=True).start()
    done.wait(PROBE_S)
    return answered.is_set()


def _download(model: str) -> Path | str:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, RepositoryNotFoundError

    report_progress(0.0, f"Downloading {model}")
    try:
        patterns, size = _wanted_files(model)
        with _DownloadProgress(model, size):
            folder = snapshot_download(model, allow_patterns=patterns, ignore_patterns=list(_OTHER_RUNTIMES))
    except RepositoryNotFoundError:
        return f"the model hub knows no model {model}"
    except HFValidationError:
        return f"{model} is not a name of the form owner/model"
    except (HfHubHTTPError, OSError) as error:
        return f"the download of {model} broke off ({type(error).__name__})"
    return Path(folder) if _has_weights(Path(folder)) else f"{model} holds no weights that can be used"


def _wanted_files(model: str) -> tuple[list[str], int]:
    """Return the file patterns to fetch and about how many bytes they are: one format of the weights only."""
    from huggingface_hub import HfApi

    files = HfApi().model_info(model, files_metadata=True, timeout=READ_TIMEOUT_S).siblings or []
    safe = [file for file in files if file.rfilename.endswith(".safetensors") and "/" not in file.rfilename]
    weights = safe or [file for file in files if Path(file.rfilename).match(_WEIGHTS[1])]
    return [*_SMALL_FILES, _WEIGHTS[0] if safe else _WEIGHTS[1]], sum(file.size or 0 for file in weights)


class _DownloadProgress:
    """Reports how many bytes have arrived, read off the cache folder: the hub's client shows files, not bytes."""

    def __init__(self, model: str, size: int) -> None:
        from huggingface_hub import constants
        from huggingface_hub.file_download import repo_folder_name

        self._text = f"Downloading {model}"
        self._size = max(size, 1)
        self._blobs = Path(constants.HF_HUB_CACHE, repo_folder_name(repo_id=model, repo_type="model"), "blobs")
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_POLL_S):
            report_progress(min(1.0, self._arrived() / self._size), self._text)

    def _arrived(self) -> int:
        try:
            return sum(path.stat().st_size for path in self._blobs.glob("*"))
        except OSError:
            return 0


def main(arguments: Sequence[str]) -> None:
    """Fetch and report the folder, or the reason why there is none."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", required=True)
    parser.add_argument("--offline", action="store_true")
    options = parser.parse_args(arguments)
    # Read by the hub's client when it is imported.
    os.environ.update(
        HF_HUB_ETAG_TIMEOUT=str(READ_TIMEOUT_S),
        HF_HUB_DOWNLOAD_TIMEOUT=str(READ_TIMEOUT_S),
        HF_HUB_DISABLE_PROGRESS_BARS="1",
        HF_HUB_DISABLE_TELEMETRY="1",
    )
    found = fetch(options.model, offline=options.offline)
    if isinstance(found, Path):
        report_result(folder=str(found))
    else:
        report_result(refused=found)


if __name__ == "__main__":
    main(sys.argv[1:])
