"""How one character's connection stands, for `doctor`, `/readyz` and `/status`."""

from src_v2.observability.health import Check

PORTAL = "https://discord.com/developers/applications"
NEW_TOKEN = f"reset the token at {PORTAL} (Bot) and put it into DISCORD_TOKEN or DISCORD_TOKENS"
ENABLE_CONTENT = f"enable Message Content Intent at {PORTAL} (Bot), or set DISCORD_MESSAGE_CONTENT=off"
ENABLE_MEMBERS = f"enable Server Members Intent at {PORTAL} (Bot), or set DISCORD_MEMBERS=false"
WITHOUT_CONTENT = "without message content: hears direct messages and mentions only"


class Standing:
    """The last that is known. `content_wanted` is whether the operator insists on the message content intent."""

    def __init__(self, character: str, *, content_wanted: bool) -> None:
        self.name = f"discord:{character}"
        self._content_wanted = content_wanted
        self._check = Check(self.name, ok=False, detail="connecting")

    async def check(self) -> Check:
        """Return the finding."""
        return self._check

    def connected(self, *, content: bool) -> None:
        """Note that the character can be talked to."""
        missing = self._content_wanted and not content
        detail = "connected" if content else f"connected, {WITHOUT_CONTENT}"
        self._check = Check(self.name, ok=not missing, detail=detail, remedy="" if content else ENABLE_CONTENT)

    def disconnected(self, why: str = "connection lost") -> None:
        """Note that the character is away and comes back by itself."""
        self._check = Check(self.name, ok=False, detail=f"{why}, reconnecting", remedy="check the network if it lasts")

    def refused(self, what: str = "token", remedy: str = NEW_TOKEN) -> None:
        """Note what Discord refuses; nothing but `remedy` helps."""
        self._check = Check(self.name, ok=False, detail=f"Discord refuses the {what}", remedy=remedy)

    def stopped(self) -> None:
        """Note that the door is closed."""
        self._check = Check(self.name, ok=False, detail="stopped")
