"""How a conversation looks in a terminal: earlier messages, a reply as it grows, small remarks."""

import unicodedata
from datetime import datetime

from rich.console import Console
from rich.status import Status
from rich.text import Text

from src_v2.core.messages import Role, StopReason
from src_v2.interfaces.web.replies import ConversationView
from src_v2.interfaces.web.surface import StreamEvent

YOU = "you"
PROMPT = f"{YOU} > "
SAID_BY_YOU = "bold green"
SAID_BY_CHARACTER = "bold cyan"


def plain(text: str) -> str:
    """Return `text` without control characters: what a model or a person wrote must not steer the terminal."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc")


class View:
    """Writes to `console`. `name` is the character's display name."""

    def __init__(self, console: Console, name: str) -> None:
        self._console = console
        self._name = plain(name)
        self._spinner: Status | None = None
        self._shown = False

    def greet(self, view: ConversationView) -> None:
        """Show how the conversation stood and how to go on."""
        for line in view.messages:
            said_by_you = line.role == Role.USER
            at = datetime.fromisoformat(line.at).astimezone()
            self._say(
                YOU if said_by_you else self._name, SAID_BY_YOU if said_by_you else SAID_BY_CHARACTER, f"{at:%H:%M}"
            )
            self._write(f"{plain(line.text)}\n")
        if not view.messages:
            self.remark(f"This is {self._name}. Say hello.")
        self.remark("Enter sends, /help lists the commands, Ctrl+C stops a reply, /quit leaves.")
        if view.unanswered:
            self.remark("Your last message has no reply yet: /retry asks again.")

    def said(self, name: str, text: str, remark: str) -> None:
        """Show a message that came by itself, on lines of its own, and then that the person may type."""
        self._write("\n")
        self._say(plain(name), SAID_BY_CHARACTER)
        self._write(f"{plain(text)}\n")
        if remark:
            self.remark(remark)
        if self._console.is_terminal:
            self._write(PROMPT)

    def show(self, event: StreamEvent) -> None:
        """Show the next event of a reply."""
        match event.name:
            case "started":
                self._wait(f"{self._name} is writing")
            case "status":
                self._wait(plain(f"{event.data['icon']} {event.data['text']}").strip())
            case "notice":
                self.remark(plain(event.data["text"]))
            case "delta":
                self._grow(event.data["text"])
            case "replaced":
                self._say_anew(event.data["text"])
            case "restart" | "retract":
                self._start_over()
            case "done":
                self._grow("" if self._shown else event.data["text"])
                self.close()
            case "failed":
                self.close()
                self._say(self._name, SAID_BY_CHARACTER)
                self._write(f"{plain(event.data['text'])}\n")
                self.remark("No reply was possible; what you said is kept. /retry asks again.")
            case "stopped":
                self.close()
                self.remark("Stopped." if event.data["reason"] == StopReason.USER else "Interrupted.")

    def close(self) -> None:
        """End the reply's line, whatever is on it."""
        self._stop_waiting()
        if self._shown:
            self._write("\n")
        self._shown = False

    def remark(self, text: str) -> None:
        """Say something that is not part of the conversation."""
        self._stop_waiting()
        self._console.print(Text(text, style="dim"), highlight=False)

    def _wait(self, text: str) -> None:
        if self._shown or not self._console.is_terminal:
            return
        if self._spinner is None:
            self._spinner = self._console.status(Text(text, style="dim"))
            self._spinner.start()
        else:
            self._spinner.update(Text(text, style="dim"))

    def _stop_waiting(self) -> None:
        if self._spinner is not None:
            self._spinner.stop()
            self._spinner = None

    def _grow(self, text: str) -> None:
        self._stop_waiting()
        if not self._shown:
            self._say(self._name, SAID_BY_CHARACTER)
            self._shown = True
        self._write(plain(text))

    def _start_over(self) -> None:
        if self._shown:
            self.close()
            self.remark("(the message changed, so the reply starts over)")

    def _say_anew(self, text: str) -> None:
        """Go on below what stands there already and does not count any more."""
        if self._shown:
            self.close()
            self.remark("(not that)" if text else "(one moment)")
        if text:
            self._grow(text)

    def _say(self, name: str, style: str, at: str = "") -> None:
        time = Text(f"{at} ", style="dim") if at else Text()
        self._console.print(time + Text(f"{name} > ", style=style), end="", highlight=False)

    def _write(self, text: str) -> None:
        self._console.print(Text(text), end="", soft_wrap=True, highlight=False)
