"""Slash commands as a person's client makes them: the registered command, the interaction, the answer."""

from typing import Any

from tests.support.discord import payloads
from tests.support.discord.permissions import permissions_in
from tests.support.discord.state import Attachment, BotAccount, Channel, Interaction, Message, User


class SlashAnswer:
    """What a bot answered to a command, a part that was used or a form. The messages are live."""

    def __init__(self, interaction: Interaction) -> None:
        self.interaction = interaction
        self._edits_before = len(interaction.source.edits) if interaction.source else 0

    @property
    def messages(self) -> list[Message]:
        """Return the visible answers, the first one first."""
        return [message for message in self.interaction.messages if message.is_visible]

    @property
    def text(self) -> str:
        """Return what the first answer says now."""
        return self.message.content if self.message else ""

    @property
    def message(self) -> Message | None:
        """Return the first answer: a message of its own, or the one that was changed."""
        return next(iter(self.messages), self.interaction.source if self._is_changed else None)

    @property
    def is_ephemeral(self) -> bool:
        """Whether only the person who asked sees it."""
        return self.message is not None and self.message.is_ephemeral

    @property
    def is_complete(self) -> bool:
        """Whether there is something to see, or a modal or an acknowledgement that shows nothing."""
        acknowledged = self.interaction.callback_type not in (None, 4, 5, 6)
        return bool(self.messages) or acknowledged or self._is_changed

    @property
    def _is_changed(self) -> bool:
        """Whether the message that a part is on was changed."""
        source, taken = self.interaction.source, self.interaction.callback_type is not None
        return source is not None and taken and len(source.edits) > self._edits_before


def invocation(
    user: User, bot: BotAccount, channel: Channel, command: str, options: dict[str, Any], at: float, file_limit: int
) -> Interaction:
    """Return the interaction for `command`, which is registered for this place. AssertionError for wrong options."""
    path = command.lstrip("/").split()
    found = registered(bot, channel, command)
    assert found is not None, f"{command} is not registered"
    data = {"id": found["id"], "name": found["name"], "type": 1}
    if "guild_id" in found:
        data["guild_id"] = found["guild_id"]
    plain = {name: value.id if isinstance(value, User | Attachment) else value for name, value in options.items()}
    data |= {"options": _options(found, path[1:], plain), "resolved": _resolved(list(options.values()), channel)}
    head = {"application_id": bot.id, "type": 2, "version": 1, "data": data}
    payload = context(user, bot, channel, file_limit) | head
    return Interaction(user, bot, channel, command, payload, at)


def registered(bot: BotAccount, channel: Channel, command: str) -> dict[str, Any] | None:
    """Return the bot's registered command of that name: the guild's own, else the global one."""
    name = command.lstrip("/").split()[0]
    scopes = [channel.guild.id if channel.guild else None, None]
    commands = (item for scope in scopes for item in bot.commands.get(scope, []))
    return next((item for item in commands if item["name"] == name), None)


def _options(command: dict[str, Any], path: list[str], values: dict[str, Any]) -> list[dict[str, Any]]:
    declared = command.get("options") or []
    if path:
        nested = next((item for item in declared if item["name"] == path[0]), None)
        assert nested is not None, f"/{command['name']} has no subcommand {path[0]}"
        return [{"name": path[0], "type": nested["type"], "options": _options(nested, path[1:], values)}]
    kinds = {item["name"]: item["type"] for item in declared}
    unknown = set(values) - set(kinds)
    assert not unknown, f"/{command['name']} has no option {sorted(unknown)}"
    missing = {item["name"] for item in declared if item.get("required")} - set(values)
    assert not missing, f"/{command['name']} needs {sorted(missing)}"
    return [{"name": name, "type": kinds[name], "value": value} for name, value in values.items()]


def _resolved(values: list[Any], channel: Channel) -> dict[str, Any]:
    members = channel.guild.members if channel.guild else {}
    people = [value for value in values if isinstance(value, User)]
    files = [value for value in values if isinstance(value, Attachment)]
    attached = {"attachments": {item.id: payloads.attachment(item, ephemeral=True) for item in files}} if files else {}
    return attached | {
        "users": {who.id: payloads.user(who) for who in people},
        "members": {who.id: payloads.member_fields(members[who.id]) for who in people if who.id in members},
    }


def context(user: User, bot: BotAccount, channel: Channel, file_limit: int) -> dict[str, Any]:
    """Return what every interaction tells: who, where, and how large the files of an answer may be."""
    common = {
        "channel_id": channel.id,
        "channel": payloads.channel(channel, bot) | {"permissions": str(int(permissions_in(channel, user)))},
        "app_permissions": str(int(permissions_in(channel, bot))),
        "locale": "en-US",
        "entitlements": [],
        "attachment_size_limit": file_limit,
    }
    if channel.guild is None:
        return common | {"user": payloads.user(user), "context": 1, "authorizing_integration_owners": {"0": "0"}}
    member = payloads.member(channel.guild.members[user.id])
    return common | {
        "guild_id": channel.guild.id,
        "guild": {"id": channel.guild.id, "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": member | {"permissions": str(int(permissions_in(channel, user)))},
        "context": 0,
        "authorizing_integration_owners": {"0": channel.guild.id},
    }
