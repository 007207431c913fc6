"""Proves the test bed: the real discord.py, unpatched, lives on the local Discord as it would on the real one."""

import asyncio
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import discord
import orjson
import pytest
from discord import app_commands

from tests.support.discord import BotAccount, Channel, GuildHandle, Intent, Limit, LocalDiscord, Person, RateLimits
from tests.support.discord.client import from_environment
from tests.support.discord.faults import CREATE_MESSAGE, EDIT_MESSAGE, GET_ME
from tests.support.discord.schema import is_available

PATIENCE_S = 5.0
API = "https://discord.com/api/v10"


class Bot(discord.Client):
    """A plain discord.py client that notes what it hears, each kind of event in a queue of its own."""

    def __init__(self, connector: aiohttp.BaseConnector, intents: discord.Intents) -> None:
        super().__init__(
            intents=intents, connector=connector, guild_ready_timeout=0.1, max_ratelimit_timeout=60.0,
            allowed_mentions=discord.AllowedMentions(everyone=False, roles=False, users=False, replied_user=True),
        )  # fmt: skip
        self.tree = app_commands.CommandTree(self)
        self._heard: defaultdict[str, asyncio.Queue[Any]] = defaultdict(asyncio.Queue)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Do not wait five seconds before a second identify, as discord.py does by default."""

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        super().dispatch(event, *args, **kwargs)
        self._heard[event].put_nowait(args[0] if len(args) == 1 else args)

    async def hears(self, event: str) -> Any:
        """Return the next event of a kind."""
        return await asyncio.wait_for(self._heard[event].get(), PATIENCE_S)

    async def hears_message(self) -> discord.Message:
        """Return the next message that is not this bot's own."""
        while True:
            message: discord.Message = await self.hears("message")
            if message.author != self.user:
                return message

    def has_heard(self, event: str) -> bool:
        """Say whether there is an event of that kind that nobody has taken yet."""
        return not self._heard[event].empty()


def intents(*, content: bool = True, members: bool = False) -> discord.Intents:
    wanted = discord.Intents.default()
    wanted.message_content = content
    wanted.members = members
    return wanted


@asynccontextmanager
async def online(bed: LocalDiscord, account: BotAccount, wanted: discord.Intents | None = None) -> AsyncIterator[Bot]:
    """Run a client for `account` until the block ends."""
    bot = Bot(bed.connector(), wanted or intents())
    running = asyncio.create_task(bot.start(account.token))
    try:
        await bot.hears("ready")
        yield bot
    finally:
        await bot.close()
        await running


class Harbour:
    """The stage of most stories: elena, Alice, and a guild with one open channel."""

    def __init__(self, bed: LocalDiscord) -> None:
        self.bed = bed
        self.elena: BotAccount = bed.add_bot("elena")
        self.guild: GuildHandle = bed.add_guild("Harbour", bots=[self.elena])
        self.alice: Person = bed.add_person("Alice")
        self.general: Channel = self.guild.channel("general")


@pytest.fixture
async def harbour() -> AsyncIterator[Harbour]:
    async with LocalDiscord() as bed:
        yield Harbour(bed)


@pytest.fixture
async def bot(harbour: Harbour) -> AsyncIterator[Bot]:
    async with online(harbour.bed, harbour.elena) as client:
        yield client


# Arriving


async def test_discord_py_logs_in_and_finds_itself_and_its_guild(harbour: Harbour, bot: Bot) -> None:
    assert bot.user is not None
    assert bot.user.name == "elena"
    assert bot.application_id == int(harbour.elena.id)
    (guild,) = bot.guilds
    assert [channel.name for channel in guild.text_channels] == ["general"]
    assert guild.me.guild_permissions.send_messages


async def test_a_wrong_token_is_refused(harbour: Harbour) -> None:
    stranger = Bot(harbour.bed.connector(), intents())
    with pytest.raises(discord.LoginFailure):
        await stranger.login("not-a-token")
    await stranger.close()


async def test_an_intent_that_the_portal_does_not_grant_ends_the_session(harbour: Harbour) -> None:
    shy = harbour.bed.add_bot("shy", allowed=Intent(0))
    client = Bot(harbour.bed.connector(), intents(content=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await client.start(shy.token)
    await client.close()


async def test_only_discord_can_be_reached_through_the_connector(harbour: Harbour) -> None:
    async with aiohttp.ClientSession(connector=harbour.bed.connector()) as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get("https://example.org/")


async def test_another_process_finds_its_way_by_environment_variables(harbour: Harbour) -> None:
    connector = from_environment(harbour.bed.environment())()
    async with aiohttp.ClientSession(connector=connector) as session:
        headers = {"Authorization": f"Bot {harbour.elena.token}"}
        async with session.get(f"{API}/users/@me", headers=headers) as answer:
            assert (await answer.json())["id"] == harbour.elena.id


async def test_members_are_fetched_when_the_intent_is_there(harbour: Harbour) -> None:
    async with online(harbour.bed, harbour.elena, intents(members=True)) as client:
        assert {member.name for member in client.guilds[0].members} >= {"alice", "elena"}
        listed = [member.name async for member in client.guilds[0].fetch_members(limit=10)]
        assert set(listed) >= {"alice", "elena"}
        harbour.bed.add_person("Bob")
        assert (await client.hears("member_join")).name == "bob"


# Talking


async def test_a_direct_message_is_answered_and_the_answer_is_edited(harbour: Harbour, bot: Bot) -> None:
    await harbour.alice.dm(harbour.elena, "  hello  ")
    heard = await bot.hears_message()
    assert (heard.content, heard.guild) == ("hello", None)

    async with heard.channel.typing():
        sent = await heard.channel.send("let me")
        await sent.edit(content="let me think")

    reply = await harbour.alice.sees(harbour.elena, from_=harbour.elena)
    assert reply.content == "let me think"
    kinds = [entry.kind for entry in harbour.bed.log(harbour.elena, channel=reply.channel)]
    assert kinds == ["typing", "create", "edit"]
    times = [entry.at for entry in harbour.bed.log(harbour.elena)]
    assert times == sorted(times)


async def test_a_bot_may_write_first_but_not_to_somebody_who_blocked_it(harbour: Harbour, bot: Bot) -> None:
    alice = await bot.fetch_user(int(harbour.alice.id))
    await alice.send("good morning")
    assert (await harbour.alice.sees(harbour.elena, from_=harbour.elena)).content == "good morning"

    harbour.alice.blocks(harbour.elena)
    with pytest.raises(discord.Forbidden) as refused:
        await alice.send("still there?")
    assert refused.value.code == 50007


async def test_a_mention_and_a_reply_notify_only_whom_they_may(harbour: Harbour, bot: Bot) -> None:
    bob = harbour.bed.add_person("Bob")
    await harbour.alice.says(harbour.general, f"{harbour.elena.mention} hi")
    heard = await bot.hears_message()
    assert bot.user in heard.mentions

    await heard.reply(f"hi, and @everyone and {bob.mention}")
    reply = await harbour.alice.sees(harbour.general, from_=harbour.elena)
    assert reply.reply_to is not None
    assert reply.reply_to.author is harbour.alice.user
    assert reply.pings == {harbour.alice.id}
    assert not reply.mention_everyone

    named = discord.AllowedMentions(users=[discord.Object(int(bob.id))], replied_user=False)
    await heard.reply(f"{bob.mention} {harbour.alice.mention}", allowed_mentions=named)
    assert (await bob.sees(harbour.general, from_=harbour.elena, where=lambda m: bob.id in m.pings)).pings == {bob.id}


async def test_edits_deletes_reactions_and_typing_of_people_arrive(harbour: Harbour, bot: Bot) -> None:
    message = await harbour.alice.says(harbour.general, "frist")
    await bot.hears_message()
    await harbour.alice.edits(message, "first")
    assert (await bot.hears("raw_message_edit")).message.content == "first"
    await harbour.alice.reacts(message, "👍")
    assert str((await bot.hears("raw_reaction_add")).emoji) == "👍"
    await harbour.alice.unreacts(message, "👍")
    assert (await bot.hears("raw_reaction_remove")).message_id == int(message.id)
    await harbour.alice.types(harbour.general)
    assert (await bot.hears("raw_typing")).user_id == int(harbour.alice.id)
    await harbour.alice.deletes(message)
    assert (await bot.hears("raw_message_delete")).message_id == int(message.id)


async def test_a_bot_reacts_and_takes_it_back_and_deletes_its_own(harbour: Harbour, bot: Bot) -> None:
    message = await harbour.alice.says(harbour.general, "thanks")
    heard = await bot.hears_message()
    await heard.add_reaction("❤️")
    assert message.reactions == {"❤️": [harbour.elena.id]}
    await heard.remove_reaction("❤️", discord.Object(int(harbour.elena.id)))
    assert message.reactions == {}

    sent = await heard.channel.send("oops")
    seen = await harbour.alice.sees(harbour.general, from_=harbour.elena, where=lambda m: m.content == "oops")
    await sent.delete()
    assert seen.deleted
    with pytest.raises(discord.NotFound):
        await sent.edit(content="too late")
    with pytest.raises(discord.Forbidden):
        await heard.delete()


async def test_a_thread_has_its_own_conversation(harbour: Harbour, bot: Bot) -> None:
    start = await harbour.alice.says(harbour.general, "a long story")
    heard = await bot.hears_message()
    thread = await heard.create_thread(name="story")
    assert start.thread is not None
    await harbour.alice.says(start.thread, "chapter one")
    inside = await bot.hears_message()
    assert inside.channel.id == thread.id
    assert isinstance(inside.channel, discord.Thread)
    await inside.channel.send("go on")
    assert (await harbour.alice.sees(start.thread, from_=harbour.elena)).content == "go on"

    hers = await harbour.alice.opens_thread(await harbour.alice.says(harbour.general, "another"), "another")
    await harbour.alice.says(hers, "hello in here")
    while (await bot.hears_message()).content != "hello in here":
        pass
    cached = bot.guilds[0].get_thread(int(hers.id))
    assert cached is not None
    assert cached.me is None
    await harbour.alice.says(hers, f"join us, {harbour.elena.mention}")
    while cached not in (await bot.hears("thread_join"),):
        pass
    assert cached.me is not None


async def test_a_private_channel_is_closed_to_those_outside(harbour: Harbour, bot: Bot) -> None:
    secret = harbour.guild.private_channel("secret", [harbour.alice])
    await harbour.alice.says(secret, "psst")
    await harbour.alice.says(harbour.general, "hello all")
    assert (await bot.hears_message()).content == "hello all"
    with pytest.raises(discord.Forbidden):
        await bot.get_partial_messageable(int(secret.id)).send("I heard that")

    cabin = harbour.guild.private_channel("cabin", [harbour.alice, harbour.elena])
    await harbour.alice.says(cabin, "only us")
    assert (await bot.hears_message()).content == "only us"


async def test_history_pages_backwards(harbour: Harbour, bot: Bot) -> None:
    for number in range(5):
        await harbour.alice.says(harbour.general, str(number))
    channel = bot.get_partial_messageable(int(harbour.general.id))
    assert [message.content async for message in channel.history(limit=3)] == ["4", "3", "2"]
    middle = next(message for message in harbour.general.messages.values() if message.content == "2")
    after = [message.content async for message in channel.history(after=discord.Object(int(middle.id)))]
    assert after == ["3", "4"]


async def test_files_travel_both_ways(harbour: Harbour, bot: Bot) -> None:
    await harbour.alice.dm(harbour.elena, "look", files={"cat.png": b"meow"})
    heard = await bot.hears_message()
    (picture,) = heard.attachments
    assert (picture.content_type, picture.size) == ("image/png", 4)
    assert await picture.read() == b"meow"

    await heard.channel.send("here", file=discord.File(fp=__file__, filename="story.txt", description="a text"))
    reply = await harbour.alice.sees(harbour.elena, from_=harbour.elena)
    (file,) = reply.attachments
    assert file.filename == "story.txt"
    assert b"Proves the test bed" in file.data


# Refusals


async def test_too_long_and_empty_messages_are_refused(harbour: Harbour, bot: Bot) -> None:
    channel = bot.get_partial_messageable(int(harbour.general.id))
    with pytest.raises(discord.HTTPException) as too_long:
        await channel.send("x" * 2001)
    assert (too_long.value.status, too_long.value.code) == (400, 50035)
    with pytest.raises(discord.HTTPException) as empty:
        await channel.send("   ")
    assert empty.value.code == 50006
    assert (await channel.send("x" * 2000)).content == "x" * 2000


async def test_files_beyond_the_limit_are_refused() -> None:
    async with LocalDiscord(file_limit=1000) as bed:
        stage = Harbour(bed)
        async with online(bed, stage.elena) as client:
            with pytest.raises(discord.HTTPException) as refused:
                await client.get_partial_messageable(int(stage.general.id)).send(file=discord.File(fp=__file__))
            assert refused.value.status == 413


async def test_a_repeated_nonce_makes_one_message(harbour: Harbour, bot: Bot) -> None:
    channel = bot.get_partial_messageable(int(harbour.general.id))
    first = await channel.send("once", nonce="reply-1")
    again = await channel.send("twice", nonce="reply-1")
    assert again.id == first.id
    assert [message.content for message in harbour.general.messages.values()] == ["once"]


# Intents


async def test_without_the_content_intent_only_what_concerns_the_bot_is_readable(harbour: Harbour) -> None:
    async with online(harbour.bed, harbour.elena, intents(content=False)) as client:
        await harbour.alice.says(harbour.general, "among ourselves", files={"a.txt": b"a"})
        overheard = await client.hears_message()
        assert (overheard.content, overheard.attachments) == ("", [])

        message = await harbour.alice.says(harbour.general, f"{harbour.elena.mention} for you")
        assert "for you" in (await client.hears_message()).content
        await harbour.alice.dm(harbour.elena, "in private")
        assert (await client.hears_message()).content == "in private"

        sent = await client.get_partial_messageable(int(harbour.general.id)).send("mine")
        own = harbour.general.messages[str(sent.id)]
        await harbour.alice.says(harbour.general, "with ping", reply_to=own)
        assert (await client.hears_message()).content == "with ping"
        await harbour.alice.says(harbour.general, "without ping", reply_to=own, ping=False)
        assert (await client.hears_message()).content == ""
        await harbour.alice.edits(message, "no longer for you")
        assert (await client.hears("raw_message_edit")).message.content == ""


# Slash commands


async def test_slash_commands_are_registered_run_and_answered(harbour: Harbour, bot: Bot) -> None:
    @bot.tree.command(description="Says how it is")
    async def status(interaction: discord.Interaction) -> None:
        answered = await interaction.response.send_message("all well", ephemeral=True)
        assert answered.message_id is not None

    @bot.tree.command(description="Thinks first")
    @app_commands.describe(about="what to think about")
    async def think(interaction: discord.Interaction, about: str) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content=f"about {about}")
        await interaction.followup.send("and that is all")

    await bot.tree.sync()
    answer = await harbour.alice.runs(harbour.elena, "/status", harbour.general)
    assert (answer.text, answer.is_ephemeral) == ("all well", True)
    assert not bot.has_heard("app_command_error")

    answer = await harbour.alice.runs(harbour.elena, "/think", about="boats")
    assert answer.text == "about boats"
    await harbour.bed.wait_until(lambda: len(answer.messages) == 2)
    assert answer.messages[1].content == "and that is all"
    with pytest.raises(AssertionError, match="elena to register /dance"):
        await harbour.alice.runs(harbour.elena, "/dance", harbour.general, timeout=0.01)


async def test_subcommands_of_one_guild_are_found(harbour: Harbour, bot: Bot) -> None:
    group = app_commands.Group(name="memory", description="What is remembered")

    @group.command(name="forget", description="Forgets")
    async def forget(interaction: discord.Interaction, count: int, whose: discord.Member) -> None:
        await interaction.response.send_message(f"forgot {count} of {whose.name}")
        await interaction.delete_original_response()

    place = discord.Object(int(harbour.guild.id))
    bot.tree.add_command(group, guild=place)
    await bot.tree.sync(guild=place)
    answer = await harbour.alice.runs(harbour.elena, "/memory forget", harbour.general, count=3, whose=harbour.alice)
    await harbour.bed.wait_until(lambda: answer.interaction.messages[0].deleted)
    assert [entry.content for entry in harbour.bed.log(harbour.elena, "create")] == ["forgot 3 of alice"]


# Rate limits and faults


async def test_discord_py_keeps_within_the_limits_by_itself() -> None:
    async with LocalDiscord(limits=RateLimits(message_writes=Limit(5, 0.3))) as bed:
        stage = Harbour(bed)
        async with online(bed, stage.elena) as client:
            channel = client.get_partial_messageable(int(stage.general.id))
            sent = await channel.send("0")
            for number in range(1, 12):
                await sent.edit(content=str(number))
        assert bed.too_many_requests == 0
        first, last = bed.log(stage.elena)[0], bed.log(stage.elena)[-1]
        assert last.at - first.at >= 0.6


async def test_a_full_bucket_is_a_429_that_discord_py_survives() -> None:
    async with LocalDiscord(limits=RateLimits(message_writes=Limit(2, 0.3))) as bed:
        stage = Harbour(bed)
        async with online(bed, stage.elena) as client:
            await _spend_bucket(bed, stage, requests=2)
            await client.get_partial_messageable(int(stage.general.id)).send("patience")
        assert bed.too_many_requests == 1
        assert bed.limiter.refused["message_writes"] == 1


async def _spend_bucket(bed: LocalDiscord, stage: Harbour, requests: int) -> None:
    headers = {"Authorization": f"Bot {stage.elena.token}"}
    async with aiohttp.ClientSession(connector=bed.connector(), headers=headers) as session:
        for number in range(requests):
            url = f"{API}/channels/{stage.general.id}/messages"
            async with session.post(url, json={"content": str(number)}) as response:
                assert response.status == 200
                assert response.headers["Content-Type"] == "application/json"
                assert response.headers["X-RateLimit-Remaining"] == str(requests - number - 1)


async def test_all_requests_together_have_a_limit_too() -> None:
    async with LocalDiscord(limits=RateLimits(overall=Limit(3, 0.3))) as bed:
        stage = Harbour(bed)
        async with aiohttp.ClientSession(connector=bed.connector()) as session:
            headers = {"Authorization": f"Bot {stage.elena.token}"}
            answers = [await session.get(f"{API}/users/@me", headers=headers) for _ in range(4)]
            assert [answer.status for answer in answers] == [200, 200, 200, 429]
            assert (await answers[-1].json())["global"] is True


async def test_errors_on_command(harbour: Harbour, bot: Bot) -> None:
    channel = bot.get_partial_messageable(int(harbour.general.id))
    harbour.bed.fail(CREATE_MESSAGE, 503)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("lost")
    late = harbour.bed.fail(CREATE_MESSAGE, 429, retry_after=0.01)
    sent = await channel.send("found")
    assert late.served == 1

    hold = harbour.bed.hang(EDIT_MESSAGE)
    editing = asyncio.create_task(sent.edit(content="later"))
    await asyncio.wait_for(hold.arrived.wait(), PATIENCE_S)
    message = harbour.general.messages[str(sent.id)]
    assert message.content == "found"
    hold.release()
    await editing
    assert message.content == "later"
    with pytest.raises(ValueError, match="no such route"):
        harbour.bed.fail("GET /nowhere", 500)


# The gateway breaks


@pytest.mark.parametrize("abort", [False, True])
async def test_a_dropped_session_resumes_without_loss_or_doubles(harbour: Harbour, bot: Bot, abort: bool) -> None:
    await harbour.alice.dm(harbour.elena, "before")
    assert (await bot.hears_message()).content == "before"
    async with harbour.bed.away(harbour.elena, abort=abort):
        await harbour.alice.dm(harbour.elena, "one")
        await harbour.alice.dm(harbour.elena, "two")
    await bot.hears("resumed")
    await harbour.alice.dm(harbour.elena, "after")
    assert [(await bot.hears_message()).content for _ in range(3)] == ["one", "two", "after"]
    assert not bot.has_heard("message")
    assert (harbour.bed.gateway.identifies, harbour.bed.gateway.resumes) == (1, 1)


async def test_a_session_that_cannot_resume_starts_anew(harbour: Harbour, bot: Bot) -> None:
    await harbour.bed.drop(harbour.elena, resumable=False)
    await bot.hears("ready")
    await harbour.alice.dm(harbour.elena, "welcome back")
    assert (await bot.hears_message()).content == "welcome back"
    assert (harbour.bed.gateway.identifies, harbour.bed.gateway.resumes) == (2, 0)


async def test_discord_can_ask_for_a_reconnect(harbour: Harbour, bot: Bot) -> None:
    harbour.bed.gateway.ask_to_reconnect(harbour.elena)
    await bot.hears("resumed")
    await harbour.bed.until_online(harbour.elena)


async def test_zlib_stream_is_spoken_as_well(harbour: Harbour) -> None:
    async with aiohttp.ClientSession(connector=harbour.bed.connector()) as session:
        url = "wss://gateway.discord.gg/?v=10&encoding=json&compress=zlib-stream"
        async with session.ws_connect(url) as socket:
            unpack = zlib.decompressobj()
            hello = orjson.loads(unpack.decompress(await socket.receive_bytes()))
            assert hello["op"] == 10
            identify = {"token": harbour.elena.token, "intents": 513, "properties": {}}
            await socket.send_bytes(orjson.dumps({"op": 2, "d": identify}))
            events = [orjson.loads(unpack.decompress(await socket.receive_bytes()))["t"] for _ in range(2)]
            assert events == ["READY", "GUILD_CREATE"]


async def test_an_unknown_token_closes_the_gateway(harbour: Harbour) -> None:
    url = "wss://gateway.discord.gg/?v=10&encoding=json"
    connector = harbour.bed.connector()
    async with aiohttp.ClientSession(connector=connector) as session, session.ws_connect(url) as socket:
        await socket.receive_json()
        await socket.send_bytes(orjson.dumps({"op": 2, "d": {"token": "wrong", "intents": 0}}))
        await socket.receive()
        assert socket.close_code == 4004


# Several at once


async def test_two_bots_live_in_one_process(harbour: Harbour, bot: Bot) -> None:
    marcus = harbour.bed.add_bot("marcus")
    harbour.guild.invite(marcus)
    stranger = harbour.bed.add_person("Counter", is_bot=True)
    async with online(harbour.bed, marcus) as other:
        await harbour.alice.dm(marcus, "only for marcus")
        assert (await other.hears_message()).content == "only for marcus"
        await stranger.says(harbour.general, "beep")
        first, second = await bot.hears_message(), await other.hears_message()
        assert first.content == second.content == "beep"
        assert first.author.bot
        await other.get_partial_messageable(int(harbour.general.id)).send("boop")
        assert (await bot.hears_message()).author.id == int(marcus.id)


async def test_fifty_people_in_fifty_channels_are_all_served() -> None:
    async with LocalDiscord(limits=RateLimits.none()) as bed:
        elena = bed.add_bot("elena")
        guild = bed.add_guild("Harbour", bots=[elena])
        people = [bed.add_person(f"Person{number}") for number in range(50)]
        places = [guild.channel(f"room-{number}") for number in range(50)]
        async with online(bed, elena) as client:
            answering = asyncio.create_task(_echo(client, count=50))
            for person, place in zip(people, places, strict=True):
                await person.says(place, f"I am {person.name}")
            for person, place in zip(people, places, strict=True):
                assert (await person.sees(place, from_=elena)).content == f"I am {person.name}!"
            await answering
        assert bed.too_many_requests == 0


async def _echo(client: Bot, count: int) -> None:
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            heard = await client.hears_message()
            group.create_task(heard.channel.send(f"{heard.content}!"))


# Discord's own description


@pytest.mark.skipif(not is_available(), reason="Discord's OpenAPI description is not at hand (WE_SHARED)")
async def test_a_rich_scenario_keeps_to_discords_own_description(harbour: Harbour, bot: Bot) -> None:
    assert harbour.bed.is_validating
    stories: list[Callable[[Harbour, Bot], Awaitable[None]]] = [
        test_a_direct_message_is_answered_and_the_answer_is_edited,
        test_a_mention_and_a_reply_notify_only_whom_they_may,
        test_a_bot_reacts_and_takes_it_back_and_deletes_its_own,
        test_a_thread_has_its_own_conversation,
        test_files_travel_both_ways,
        test_slash_commands_are_registered_run_and_answered,
        _walk_through_the_guild,
    ]
    for story in stories:
        await story(harbour, bot)
        while bot.has_heard("message"):
            await bot.hears("message")
    assert harbour.bed.violations == []


async def _walk_through_the_guild(harbour: Harbour, bot: Bot) -> None:
    guild = await bot.fetch_guild(int(harbour.guild.id))
    assert guild.name == "Harbour"
    assert [channel.name for channel in await guild.fetch_channels()] == ["general"]
    assert (await guild.fetch_member(int(harbour.alice.id))).name == "alice"
    assert await guild.fetch_roles()
    assert await guild.active_threads()
    assert [mine.name async for mine in bot.fetch_guilds()] == ["Harbour"]
    assert (await bot.fetch_channel(int(harbour.general.id))).id == int(harbour.general.id)
    assert await bot.tree.fetch_commands()
    message = await harbour.alice.says(harbour.general, "well?")
    await harbour.alice.reacts(message, "👍")
    fetched = await bot.get_partial_messageable(int(harbour.general.id)).fetch_message(int(message.id))
    assert [user.name async for user in fetched.reactions[0].users()] == ["alice"]
    assert [item async for item in fetched.channel.history(limit=5, around=fetched)]
    with pytest.raises(discord.NotFound):
        await bot.fetch_user(1)


@pytest.mark.skipif(not is_available(), reason="Discord's OpenAPI description is not at hand (WE_SHARED)")
async def test_traffic_that_breaks_the_description_is_reported(harbour: Harbour) -> None:
    async with aiohttp.ClientSession(connector=harbour.bed.connector()) as session:
        headers = {"Authorization": f"Bot {harbour.elena.token}"}
        url = f"{API}/channels/{harbour.general.id}/messages"
        await session.post(url, json={"content": "hi", "tts": "perhaps"}, headers=headers)
        await session.get(f"{API}/no/such/thing", headers=headers)
    assert {(found.route, found.where) for found in harbour.bed.violations} == {
        (CREATE_MESSAGE, "$.tts"),
        ("GET /no/such/thing", ""),
    }


async def test_a_story_that_waits_in_vain_fails_soon(harbour: Harbour) -> None:
    harbour.bed.fail(GET_ME, 500)
    with pytest.raises(AssertionError, match="in vain for Alice to see a message by elena"):
        await harbour.alice.sees(harbour.elena, from_=harbour.elena, timeout=0.01)
