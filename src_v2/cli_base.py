"""What every command needs: a console, the settings, and an end in one clear line when something is wrong."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import typer
from rich.console import Console
from rich.markup import escape

from src_v2.config.settings import Settings, load_settings
from src_v2.core.errors import WhisperEngineError

console = Console()

T = TypeVar("T")


def read_settings() -> Settings:
    """Read the settings; a wrong one ends the command."""
    try:
        return load_settings(Path(".env"))
    except WhisperEngineError as error:
        fail(error)


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` to its end; an expected error becomes one clear line."""
    try:
        return asyncio.run(work)
    except WhisperEngineError as error:
        fail(error)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def fail(error: WhisperEngineError) -> NoReturn:
    """Say what is wrong and end the command."""
    Console(stderr=True).print(f"[red]WhisperEngine cannot go on:[/]\n{escape(str(error))}", highlight=False)
    sys.exit(1)
