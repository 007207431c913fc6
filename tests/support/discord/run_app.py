"""Runs the whole application against a local Discord: `python -m tests.support.discord.run_app`.

The address comes from LOCAL_DISCORD_PORT and LOCAL_DISCORD_CA (a PEM file), as `LocalDiscord.environment()` gives them;
all other settings are the application's own.
"""

import os

from src_v2.app import run
from src_v2.config.settings import load_settings
from tests.support.discord.client import from_environment


def main() -> None:
    """Start the application and stay until it stops."""
    run(load_settings(), discord_connector_factory=from_environment(os.environ))


if __name__ == "__main__":
    main()
