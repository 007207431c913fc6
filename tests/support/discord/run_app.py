"""Runs the whole application against a local Discord: `python -m tests.support.discord.run_app`.

The address comes from LOCAL_DISCORD_PORT and LOCAL_DISCORD_CA (a PEM file), as `LocalDiscord.environment()` gives them;
all other settings are the application's own.
"""

import asyncio
import os

from src_v2 import process
from src_v2.config.settings import load_settings
from src_v2.observability.logging import configure_logging
from tests.support.discord.client import from_environment


def main() -> None:
    """Start the application as `whisperengine run` does, and stay until it is stopped."""
    settings = load_settings()
    configure_logging(settings.general.log_level, settings.general.log_format)
    asyncio.run(process.serve(settings, discord_connector_factory=from_environment(os.environ)))


if __name__ == "__main__":
    main()
