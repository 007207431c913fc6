"""The folder from which somebody uses WhisperEngine: their data, their characters, their `.env`, their variables.

home = Home(tmp_path)
async with home.starts(LLM_MODEL="offline:demo") as process:
answer = await process.ask("Hello")
done = await home.runs("doctor")
assert done.code == 0
"""

import asyncio
import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path

from src_v2.config.settings import every_setting, variable_name
from tests.support.discord import LocalDiscord
from tests.support.llm import LocalLLM
from tests.support.process import Process, kill, spawn
from tests.support.servers import free_port

ROOT = Path(__file__).parents[2]
COMMAND = (str(Path(sys.executable).with_name("whisperengine")),)
ON_LOCAL_DISCORD = (sys.executable, "-m", "tests.support.discord.run_app")
COMMAND_S = 300.0
"""How long a command may take; one that exports a model needs 20 s on a machine that does nothing else."""


@dataclass(frozen=True)
class Finished:
    """A command that has ended: its exit code and what it printed."""

    code: int
    output: str
    errors: str

    @property
    def printed(self) -> str:
        """Everything it printed, as one line: a terminal breaks sentences where it likes."""
        return " ".join(f"{self.output} {self.errors}".split())


@dataclass
class Home:
    """A folder from which somebody uses WhisperEngine; `variables` are what they have set."""

    folder: Path
    models: Path | None = None
    """Embedding models that were exported before; without them the first start makes its own."""
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self.models is not None and not self.data.exists():
            shutil.copytree(self.models, self.data / "models", copy_function=os.link)

    @property
    def data(self) -> Path:
        """What is stored without a server."""
        return self.folder / "data"

    def own_characters(self) -> Path:
        """Give this home characters of its own, to be changed, and return their folder."""
        folder = self.folder / "characters"
        if not folder.exists():
            shutil.copytree(ROOT / "characters", folder)
        self.variables["CHARACTERS_DIR"] = str(folder)
        return folder

    def environment(self, **variables: str) -> dict[str, str]:
        """Return the variables of a process here; the settings of whoever runs the tests count for nothing."""
        settings = {variable_name(group, name) for group, name, _ in every_setting()}
        theirs = {name: value for name, value in os.environ.items() if name.upper() not in settings}
        ours = {
            "CHARACTERS_DIR": str(ROOT / "characters"), "WEB_PORT": "0", "EMBEDDING_OFFLINE": "true",
            "OLLAMA_BASE_URL": f"http://127.0.0.1:{free_port()}", "PYTHONPATH": str(ROOT), "COLUMNS": "200",
            "PRIVACY_NOTICE": "", "DISCORD_HUMAN_TOUCH": "false",
        }  # fmt: skip
        if self.models is not None:
            ours["EMBEDDING_MODEL"] = "all-MiniLM-L6-v2"
        return theirs | ours | self.variables | variables

    def starts(self, *, discord: LocalDiscord | None = None, **variables: str) -> "Process":
        """Return `whisperengine run`, to be entered; with `discord`, that is where its characters go."""
        if discord is None:
            return Process((*COMMAND, "run"), self.folder, self.environment(**variables))
        return Process(ON_LOCAL_DISCORD, self.folder, self.environment(**variables) | discord.environment())

    async def runs(self, *arguments: str, typed: str = "", **variables: str) -> Finished:
        """Run a command to its end, with `typed` as its input."""
        process = await spawn((*COMMAND, *arguments), self.folder, self.environment(**variables))
        try:
            async with asyncio.timeout(COMMAND_S):
                output, errors = await process.communicate(typed.encode())
        finally:
            kill(process)
        assert process.returncode is not None
        return Finished(process.returncode, output.decode(), errors.decode())


def llm_variables(llm: LocalLLM, *, key: str = "") -> dict[str, str]:
    """Return the settings that make the local model server the one that answers."""
    named = {"LLM_MODEL": "openai-compatible:local-model", "LLM_BASE_URL": llm.openai_url, "LLM_ATTEMPTS": "1"}
    return named | ({"LLM_API_KEY": key} if key else {})
