"""Progress bars for long work on a terminal; plain log lines where nobody looks at one."""

import structlog
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

log = structlog.get_logger(__name__)


def progress_bar(console: Console) -> Progress:
    """Return a bar with text, percentage and time; it vanishes when it is done."""
    columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
    return Progress(*columns, console=console, transient=True)


class LoadingBar:
    """Shows how far the loading of a model is: call it with a fraction 0..1 and the step's name."""

    def __init__(self, console: Console, what: str) -> None:
        self._console = console
        self._what = what
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def __call__(self, fraction: float, text: str) -> None:
        """Show the next step; the bar goes when `fraction` reaches 1."""
        if not self._console.is_terminal:
            log.info("loading", what=self._what, percent=round(fraction * 100), step=text)
            return
        if self._bar is None:
            self._bar = progress_bar(self._console)
            self._task = self._bar.add_task(self._what, total=1.0)
            self._bar.start()
        self._bar.update(self._task, completed=fraction, description=text or self._what)
        if fraction >= 1:
            self.close()

    def close(self) -> None:
        """Take the bar away, whether or not the work came to its end."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None
