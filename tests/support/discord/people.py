"""Scripted people (and other bots): what a person does on Discord, written as a story.

`sees` follows one place with a bookmark per speaker: each call returns the next message that this person has not been
shown by an earlier `sees`, also when it came before the call.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.discord.bodies import attach
from tests.support.discord.parts import button, option, sent, used
from tests.support.discord.permissions import may, sees
from tests.support.discord.slash import SlashAnswer, invocation, registered
from tests.support.discord.state import Attachment, BotAccount, Channel, Interaction, Message, Permission, User
from tests.support.discord.world import World

PATIENCE_S = 5.0
"""How long a person waits unless the story says otherwise."""

Place = Channel | User


class Person:
    """One participant who is driven by a test. Channels may be given as a channel, or as the user one writes to."""

    def __init__(self, world: World, user: User) -> None:
        self.user = user
        self._world = world
        self._seen: set[Message] = set()

    @property
    def id(self) -> str:
        """Return the user's id."""
        return self.user.id

    @property
    def name(self) -> str:
        """Return the user's name."""
        return self.user.name

    @property
    def mention(self) -> str:
        """Return the text that mentions this person."""
        return self.user.mention

    async def dm(self, bot: User, text: str, **options: Any) -> Message:
        """Write a direct message; the options are those of `says`."""
        return await self.says(bot, text, **options)

    async def says(
        self,
        place: Place,
        text: str,
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        files: Mapping[str, bytes] | None = None,
    ) -> Message:
        """Write a message; `ping` says whether a reply notifies whom it answers, as the client's @ switch does."""
        channel = self.place(place)
        assert may(channel, self.user, Permission.SEND_MESSAGES), f"{self.name} may not write there"
        attachments = [attach(name, data, channel) for name, data in (files or {}).items()]
        allowed = None if ping else {"parse": ["users", "roles", "everyone"], "replied_user": False}
        return self._world.post(
            self.user, channel, text.strip(), reply_to=reply_to, allowed_mentions=allowed, attachments=attachments
        )

    async def edits(self, message: Message, text: str) -> None:
        """Change one's own message."""
        assert message.author is self.user, "one edits only one's own messages"
        self._world.edit(message, {"content": text.strip()})

    async def deletes(self, message: Message) -> None:
        """Take back one's own message."""
        assert message.author is self.user, "one deletes only one's own messages"
        self._world.delete(message, self.user)

    async def reacts(self, message: Message, emoji: str) -> None:
        """Add a reaction."""
        self._world.react(message, self.user, emoji)

    async def unreacts(self, message: Message, emoji: str) -> None:
        """Take a reaction back."""
        self._world.unreact(message, self.user, emoji)

    async def types(self, place: Place) -> None:
        """Start typing."""
        self._world.type(self.place(place), self.user)

    async def opens_thread(self, start: Message, name: str) -> Channel:
        """Start a thread from a message."""
        return self._world.add_thread(start.channel, name, self.user, start)

    def blocks(self, bot: User) -> None:
        """Refuse the bot's direct messages from now on."""
        self.user.blocked.add(bot.id)

    async def sees(
        self,
        place: Place,
        *,
        from_: User,
        timeout: float = PATIENCE_S,
        where: Callable[[Message], bool] = lambda _message: True,
    ) -> Message:
        """Return the next message by `from_` that is visible here, new to this person and fits `where`.

        Waits up to `timeout` seconds, then raises AssertionError. The message is live: its `content` follows edits.
        """
        channel = self.place(place)
        assert sees(channel, self.user), f"{self.name} cannot see that place"

        def unread() -> Message | None:
            fresh = (item for item in channel.messages.values() if item.author is from_ and item not in self._seen)
            return next((item for item in fresh if self._is_shown(item) and where(item)), None)

        found = await self._world.changes.first(unread, timeout, f"{self.name} to see a message by {from_.name}")
        self._seen.add(found)
        return found

    async def runs(
        self, bot: BotAccount, command: str, place: Place | None = None, *, timeout: float = PATIENCE_S, **options: Any
    ) -> SlashAnswer:
        """Run a registered slash command ("/name" or "/group name") and return the bot's answer.

        The options are the command's, people for options that ask for a user, `a_file` for those that ask for a file.
        Waits until there is something to see (a deferred answer counts when it has text), or a modal.
        Raises AssertionError when the bot has not registered the command, or does not answer, within `timeout` seconds.
        """
        channel = self.place(place or bot)
        await self._world.changes.until(
            lambda: registered(bot, channel, command) is not None, timeout, f"{bot.name} to register {command}"
        )
        given = {name: value.user if isinstance(value, Person) else value for name, value in options.items()}
        now, limit = self._world.now(), self._world.file_limit
        return await self._answered(invocation(self.user, bot, channel, command, given, now, limit), command, timeout)

    async def presses(
        self, message: Message, label: str, *, timeout: float = PATIENCE_S, unseen: bool = False
    ) -> SlashAnswer:
        """Press the button that begins with `label` and return the bot's answer, which may be the changed message.

        `unseen` sends the press of a message that this person does not see, as no client of Discord's would.
        """
        return await self._uses(message, button(message, label), [], label, timeout, unseen=unseen)

    async def chooses(self, message: Message, text: str, *, timeout: float = PATIENCE_S) -> SlashAnswer:
        """Choose the option in which `text` occurs."""
        part, value = option(message, text)
        return await self._uses(message, part, [value], text, timeout)

    async def submits(self, opened: SlashAnswer, *, timeout: float = PATIENCE_S, **fields: str) -> SlashAnswer:
        """Send the form that the bot answered with; fields that are not named stay as they are."""
        filled = sent(opened.interaction, fields, self._world.now(), self._world.file_limit)
        return await self._answered(filled, "the form", timeout)

    def a_file(self, place: Place, name: str, data: bytes, *, declared_size: int | None = None) -> Attachment:
        """Return a file for a command's option; `declared_size` when Discord is to say less than the truth."""
        made = attach(name, data, self.place(place))
        made.declared_size = declared_size
        self._world.files[made.path] = made
        return made

    async def _uses(
        self,
        message: Message,
        part: dict[str, Any],
        values: list[str],
        what: str,
        timeout: float,
        *,
        unseen: bool = False,
    ) -> SlashAnswer:
        assert unseen or self._is_shown(message), f"{self.name} does not see that message"
        bot = message.author
        assert isinstance(bot, BotAccount), "only bots have parts below their messages"
        interaction = used(self.user, bot, message, part, values, self._world.now(), self._world.file_limit)
        return await self._answered(interaction, what, timeout)

    async def _answered(self, interaction: Interaction, what: str, timeout: float) -> SlashAnswer:
        answer = SlashAnswer(interaction)
        self._world.run(interaction)
        await self._world.changes.until(lambda: answer.is_complete, timeout, f"{interaction.bot.name} to answer {what}")
        self._seen.update(answer.messages)
        return answer

    def place(self, place: Place) -> Channel:
        """Return the channel itself, or the direct channel with a user."""
        return place if isinstance(place, Channel) else self._world.direct_channel(self.user, place)

    def _is_shown(self, message: Message) -> bool:
        return message.is_visible and message.only_for in (None, self.id)
