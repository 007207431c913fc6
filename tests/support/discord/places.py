"""A guild as tests speak of it: channels by name, private ones by who may enter, roles by who holds them."""

from collections.abc import Iterable

from tests.support.discord.people import Person
from tests.support.discord.state import (
    MEMBER_PERMISSIONS,
    NOTHING,
    BotAccount,
    Channel,
    Guild,
    Overwrite,
    Permission,
    Role,
    User,
)
from tests.support.discord.world import World


class GuildHandle:
    """A guild and what a test does to it."""

    def __init__(self, world: World, state: Guild) -> None:
        self.state = state
        self._world = world

    @property
    def id(self) -> str:
        """Return the guild's id."""
        return self.state.id

    @property
    def name(self) -> str:
        """Return the guild's name."""
        return self.state.name

    def channel(self, name: str) -> Channel:
        """Return the channel of that name; it is made, open to everybody, when there is none."""
        return self._find(name) or self._world.add_channel(self.state, name, [])

    def removes(self, who: Person | User) -> None:
        """Let somebody leave, or remove a bot."""
        self._world.leave(self.state, self._world.users[who.id])

    def lets_manage(self, who: Person | User) -> None:
        """Give somebody the right to manage the guild."""
        user = self._world.users[who.id]
        self._world.add_role(self.state, "harbour master", MEMBER_PERMISSIONS | Permission.MANAGE_GUILD, [user])

    def deletes(self, channel: Channel) -> None:
        """Delete a channel or thread."""
        self._world.remove_channel(channel)

    def private_channel(self, name: str, members: Iterable[Person | User]) -> Channel:
        """Return the channel of that name; it is made, open to `members` only, when there is none."""
        allowed = [Overwrite(who.id, is_member=True, allow=Permission.VIEW_CHANNEL) for who in members]
        closed = Overwrite(self.state.id, is_member=False, deny=Permission.VIEW_CHANNEL)
        return self._find(name) or self._world.add_channel(self.state, name, [closed, *allowed])

    def announcements(self, name: str) -> Channel:
        """Return a channel that everybody reads and only the owner writes in."""
        silent = Permission.SEND_MESSAGES | Permission.SEND_IN_THREADS
        return self._find(name) or self._world.add_channel(
            self.state, name, [Overwrite(self.state.id, is_member=False, deny=silent)]
        )

    def role(self, name: str, holders: Iterable[Person | User], permissions: Permission = NOTHING) -> Role:
        """Create a role."""
        users = [who.user if isinstance(who, Person) else who for who in holders]
        return self._world.add_role(self.state, name, permissions, users)

    def invite(self, bot: BotAccount) -> None:
        """Let a bot join later."""
        self._world.join(self.state, bot)

    def _find(self, name: str) -> Channel | None:
        return next((item for item in self.state.channels.values() if item.name == name), None)
