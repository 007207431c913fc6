"""Results that several tools give."""

from src_v2.tools.base import ResultKind, ToolResult


def ok(text: str) -> ToolResult:
    """Return the result of a call that found or did something."""
    return ToolResult(ResultKind.OK, text)


def nothing(text: str) -> ToolResult:
    """Return the result of a look that found nothing."""
    return ToolResult(ResultKind.NOTHING, text)


def unusable(text: str) -> ToolResult:
    """Return the result of a call that the model can put right."""
    return ToolResult(ResultKind.UNUSABLE, text)


def refused(text: str) -> ToolResult:
    """Return the result of a call that this person may not make here."""
    return ToolResult(ResultKind.REFUSED, text)


def away(text: str) -> ToolResult:
    """Return the result of a call that could not be carried out now."""
    return ToolResult(ResultKind.AWAY, text)
