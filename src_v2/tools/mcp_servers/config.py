"""Reads the file that says which tool servers there are, and which of their tools may be used, by whom.

Nothing of a server is allowed until it is named. What is allowed and not named as read-only counts as having effects
outside, whatever the server says about it: then every single call needs the person's own yes.
"""

import re
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from src_v2.core.errors import SettingsError

MOST_SERVERS = 20
MOST_BYTES = 200_000

ServerName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
_NAME = re.compile(r"^[A-Za-z0-9_.-]{1,64}$")


class ServerConfig(BaseModel):
    """One server: a `command` with `args` and `env` that is started, or a `url` that is connected to."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, str] = Field(default_factory=dict)
    cwd: str = ""
    url: str = ""
    headers: dict[str, str] = Field(default_factory=dict)
    allow: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    people: tuple[str, ...] | None = None
    timeout_s: float = Field(15.0, gt=0, le=120)

    @model_validator(mode="after")
    def _makes_sense(self) -> "ServerConfig":
        if bool(self.command) == bool(self.url):
            raise ValueError("either command or url is needed, and not both")
        if self.url and not self.url.startswith(("http://", "https://")):
            raise ValueError("url begins with http:// or https://")
        if not all(_NAME.fullmatch(name) for name in self.allow):
            raise ValueError("allow holds names of tools: letters, digits, _ . -")
        if not set(self.read_only) <= set(self.allow):
            raise ValueError("read_only names tools that are not in allow")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    servers: dict[ServerName, ServerConfig] = Field(default_factory=dict, max_length=MOST_SERVERS)


def read_servers(file: Path) -> dict[str, ServerConfig]:
    """Return name -> server of a YAML or JSON file; raises SettingsError that names what is wrong, and no value."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise SettingsError(f"TOOLS_MCP_FILE: {file} is larger than {MOST_BYTES} bytes")
        content = yaml.safe_load(file.read_text(encoding="utf-8"))  # JSON is YAML
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"TOOLS_MCP_FILE: {file} cannot be read ({type(error).__name__})") from error
    except yaml.YAMLError as error:
        raise SettingsError(f"TOOLS_MCP_FILE: {file} is no YAML or JSON{_line(error)}") from error
    try:
        return dict(_File.model_validate({} if content is None else content).servers)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=False)
        told = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}" for one in problems[:5])
        raise SettingsError(f"TOOLS_MCP_FILE: {file}: {told}") from error


def _line(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f", line {mark.line + 1}" if mark is not None else ""
