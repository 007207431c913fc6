"""What somebody is told the first time they talk to a character: it is an AI, what is kept, how to have a say.

Only the words; when they are said is the engine's business, how they look each door's.
"""

from src_v2.core.messages import Turn

DEFAULT = "default"
"""The setting's value that asks for the words of this module."""

_PRIVATE = "{character} is an AI character, not a person. What is said here is kept, to be remembered. {how}"
_NOT_KEPT = (
    "{character} is an AI character, not a person. As you decided, nothing of this is kept once it is over. {how}"
)
_SERVER = "{character} is an AI character. {kept} {how}"
_KEPT, _UNKEPT = "What you say to it here is kept, to remember it.", "As you decided, what you say here is not kept."
_COMMANDS = "/memory shows and changes what is kept, /privacy decides what may be, /forget-me erases it all."
_PANEL = 'Open "Your data" to see, change and erase what is kept, and to decide what may be.'
_BOTH = f'{_COMMANDS} So does "Your data" on the web page.'
_HOW = {"discord": _COMMANDS, "web": _PANEL}


def notice(wanted: str, turn: Turn, character_name: str, *, kept: bool) -> str:
    """Return what to tell the person who asked; empty when `wanted`, the setting, is.

    In a text of the operator's, `{character}` and `{how}` stand for the name and for how to have a say. `kept` says
    whether what this person says here is remembered.
    """
    if wanted == DEFAULT:
        wanted = (_PRIVATE if kept else _NOT_KEPT) if turn.audience.is_private else _SERVER
    values = {
        "{kept}": _KEPT if kept else _UNKEPT,
        "{how}": _HOW.get(turn.messages[-1].platform, _BOTH),
        "{character}": character_name,
    }
    for name, value in values.items():
        wanted = wanted.replace(name, value)
    return wanted.strip()
