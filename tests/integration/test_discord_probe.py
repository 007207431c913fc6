"""What `doctor` finds out about a bot token without opening a session."""

import socket

import aiohttp

from src_v2.interfaces.discord.probe import probe_token
from tests.support.discord import Intent, LocalDiscord
from tests.support.discord.client import authority_pem, connector_factory
from tests.support.discord.state import PRIVILEGED


async def test_a_good_token_and_its_intents() -> None:
    async with LocalDiscord() as discord:
        bot = discord.add_bot("elena")
        found = await probe_token("elena", bot.token, content_wanted=True, connector=discord.connector())
    assert found.ok
    assert "intent is enabled" in found.detail


async def test_a_missing_intent_is_only_wrong_when_somebody_insists_on_it() -> None:
    async with LocalDiscord() as discord:
        bot = discord.add_bot("elena", allowed=PRIVILEGED & ~Intent.MESSAGE_CONTENT)
        auto = await probe_token("elena", bot.token, content_wanted=False, connector=discord.connector())
        insisting = await probe_token("elena", bot.token, content_wanted=True, connector=discord.connector())
    assert auto.ok
    assert not insisting.ok
    assert "Message Content Intent" in auto.remedy


async def test_a_token_that_discord_refuses() -> None:
    async with LocalDiscord() as discord:
        found = await probe_token("elena", "nobodys-token", content_wanted=False, connector=discord.connector())
    assert not found.ok
    assert "refuses" in found.detail
    assert "nobodys-token" not in found.detail + found.remedy


async def test_without_a_network_it_says_so() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        connector: aiohttp.BaseConnector = connector_factory(closed.getsockname()[1], authority_pem())()
        found = await probe_token("elena", "a-token", content_wanted=False, connector=connector)
    assert not found.ok
    assert "cannot be reached" in found.detail
