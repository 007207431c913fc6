"""Writes `.env.example` from the settings, so that the two cannot drift apart (a test compares them)."""

from pathlib import Path
from typing import Any

from pydantic import SecretStr

from src_v2.config.settings import every_setting, variable_name

HEADER = """\
# Every setting of WhisperEngine with its default. Copy this file to .env and change what you need.
# An empty value means the default, unless the line above it says otherwise. The environment wins over .env.
"""


def render_env_example() -> str:
    """Return the text of `.env.example`: one line of meaning and `NAME=default` per setting."""
    lines = [HEADER]
    last_title = ""
    for group, name, field in every_setting():
        if group.title != last_title:
            lines.append(f"\n# --- {group.title} ---\n")
            last_title = group.title
        lines.append(f"# {field.description}\n{variable_name(group, name)}={_plain(field.default)}\n")
    return "".join(lines)


def _plain(default: Any) -> str:
    """Write a default the way a person would type it."""
    if default is None or isinstance(default, SecretStr | dict | tuple):
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    return str(default)


if __name__ == "__main__":
    Path(".env.example").write_text(render_env_example())
