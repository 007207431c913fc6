"""The Discord door: one client per character, kept connected for as long as the process lives.

Not for what a client does with its events (`client`).
"""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping, Sequence

import aiohttp
import discord
import structlog

from src_v2.core.clock import Clock
from src_v2.core.commands import Command
from src_v2.interfaces.base import Presses
from src_v2.interfaces.discord.client import CharacterClient
from src_v2.interfaces.discord.commands import add_commands
from src_v2.interfaces.discord.delivery import DiscordPostman
from src_v2.interfaces.discord.ports import CharacterShelf, DiscordMemory, DiscordOptions, Places, Surroundings
from src_v2.interfaces.discord.standing import ENABLE_CONTENT, ENABLE_MEMBERS, NEW_TOKEN, Standing
from src_v2.interfaces.discord.sync import sync_if_changed
from src_v2.interfaces.feedback import Feedback
from src_v2.interfaces.lanes import Lanes
from src_v2.interfaces.own_data import OwnData
from src_v2.interfaces.presses import NoPresses
from src_v2.interfaces.steering import Steering
from src_v2.observability.health import Health

__all__ = ["DiscordDoor", "DiscordOptions"]

log = structlog.get_logger(__name__)

LONGEST_WAIT_S = 60.0
AUTHENTICATION_FAILED = 4004
"""The gateway's close code for a token that it does not know."""

ConnectorFactory = Callable[[], aiohttp.BaseConnector]


class DiscordDoor:
    """Lets characters be talked to on Discord. `tokens` maps character names to bot tokens."""

    name = "discord"

    def __init__(
        self,
        tokens: Mapping[str, str],
        lanes: Lanes,
        memory: DiscordMemory,
        own_data: OwnData,
        feedback: Feedback,
        places: Places,
        characters: CharacterShelf,
        health: Health,
        options: DiscordOptions,
        connector_factory: ConnectorFactory | None,
        clock: Clock,
        *,
        steering: Steering,
        commands: Sequence[Command] = (),
        chances: random.Random | None = None,
        presses: Presses | None = None,
    ) -> None:
        self._tokens = dict(tokens)
        self._around = Surroundings(
            lanes, memory, own_data, feedback, places, characters, health, options, clock, steering,
            commands=commands,
            chances=chances or random.Random(),  # noqa: S311 - picks an emoji, guards nothing
            presses=presses or NoPresses(),
        )  # fmt: skip
        self._connector_factory = connector_factory
        self._clients: dict[str, CharacterClient] = {}
        self.postman = DiscordPostman(self._clients, tuple(tokens))
        self._tasks: list[asyncio.Task[None]] = []
        self._standings = {
            name: Standing(name, content_wanted=options.message_content == "on") for name in self._tokens
        }

    async def start(self) -> None:
        """Connect every character on the side; a network that is down is tried again until it is up."""
        _keep_messages_out_of_logs()
        for name, standing in self._standings.items():
            self._around.health.register(standing.name, standing.check)
            self._tasks.append(asyncio.create_task(self._keep_connected(name), name=f"discord:{name}"))

    async def stop(self) -> None:
        """Close every connection; replies that were cut off show what they have."""
        await asyncio.gather(*(client.desk.close() for client in self._clients.values()))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for standing in self._standings.values():
            standing.stopped()

    async def _keep_connected(self, name: str) -> None:
        """Keep one character connected until the door closes or Discord refuses its token."""
        content = self._around.options.message_content != "off"
        standing = self._standings[name]
        failures = 0
        while True:
            try:
                await self._connect(name, content=content)
                failures = 0
            except discord.PrivilegedIntentsRequired:
                if not content:  # then it is the other one, which only an operator asks for
                    log.error("discord_without_members", character=name, remedy=ENABLE_MEMBERS)
                    return standing.refused("Server Members Intent", ENABLE_MEMBERS)
                content = False
                log.warning("discord_without_message_content", character=name, remedy=ENABLE_CONTENT)
                continue
            except discord.LoginFailure:
                return _refuse(name, standing)
            except discord.ConnectionClosed as closed:
                if closed.code == AUTHENTICATION_FAILED:
                    return _refuse(name, standing)
                failures = self._note_outage(name, failures, f"Discord closed the connection ({closed.code})")
            except Exception as error:  # noqa: BLE001 - an edge: whatever keeps us from connecting may be over later
                failures = self._note_outage(name, failures, f"cannot connect ({type(error).__name__})")
            await self._around.clock.sleep(min(2.0**failures, LONGEST_WAIT_S))

    async def _connect(self, name: str, *, content: bool) -> None:
        """Be connected; returns or raises when discord.py gives up."""
        connector = self._connector_factory() if self._connector_factory else None
        client = CharacterClient(
            name, self._around, self._standings[name],
            content=content, connector=connector, on_first_ready=self._on_first_ready,
        )  # fmt: skip
        add_commands(client.tree, self._around.commands)
        self._clients[name] = client
        try:
            await client.start(self._tokens[name])
        finally:
            await client.close()

    async def _on_first_ready(self, client: CharacterClient) -> None:
        """Take up what the last stop or crash left open, and make the commands known."""
        await client.desk.resume(client, client.me)
        if client.application_id is not None:
            await sync_if_changed(client.tree, client.application_id, self._around.options.data_dir)

    def _note_outage(self, name: str, failures: int, why: str) -> int:
        """Note a failed attempt, in the log only once per outage; return how many there were in a row."""
        self._standings[name].disconnected(why)
        if failures == 0:
            log.warning("discord_unreachable", character=name, reason=why)
        return failures + 1


def _refuse(name: str, standing: Standing) -> None:
    standing.refused()
    log.error("discord_token_refused", character=name, remedy=NEW_TOKEN)


def _keep_messages_out_of_logs() -> None:
    """Raise discord.py's own log level: at DEBUG it writes whole messages."""
    library = logging.getLogger("discord")
    library.setLevel(max(logging.INFO, library.getEffectiveLevel()))
