"""When the next write may go out, so that Discord never has to answer 429.

Discord allows about five writes per five seconds and channel, edits included, and 50 requests per second and bot. A
growing reply is edited at most once per interval and leaves room for what must not wait: the first words of a reply
and its final text. Typing indicators take only what is left.
"""

from collections import OrderedDict, deque
from enum import Enum

from src_v2.core.clock import Clock

CHANNEL_WINDOW_S = 5.25
"""Discord's window of 5 s and a margin, because its clock starts when a request arrives."""
BOT_WINDOW_S = 1.1
CHANNELS_REMEMBERED = 2048


class Urgency(Enum):
    """How much of a limit a write may use: (of a channel's 5 writes per 5 s, of a bot's 50 per second)."""

    URGENT = (5, 45)
    """People wait for it; the rest of a bot's 50 is for what discord.py asks by itself."""
    GROWING = (4, 30)
    TYPING = (5, 1)
    """In a crowd the first words matter more than the sign that they will come."""

    @property
    def in_channel(self) -> int:
        """Writes per channel and window."""
        return self.value[0]

    @property
    def of_bot(self) -> int:
        """Requests per bot and window."""
        return self.value[1]


class Window:
    """What happened within the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._times: deque[float] = deque()

    def wait_s(self, now: float, count: int) -> float:
        """Return the seconds until fewer than `count` things lie within the window."""
        while self._times and self._times[0] <= now - self._seconds:
            self._times.popleft()
        if len(self._times) < count:
            return 0.0
        return self._times[-count] + self._seconds - now

    def add(self, now: float) -> None:
        """Note that it happened once more."""
        self._times.append(now)


class ChannelPace:
    """The writes of one bot to one channel; `bot` counts what it sends anywhere."""

    def __init__(self, clock: Clock, interval_s: float, bot: Window) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self._bot = bot
        self._writes = Window(CHANNEL_WINDOW_S)
        self._last = float("-inf")
        self._held_until = float("-inf")

    def take(self, urgency: Urgency) -> float:
        """Take the right to write now and return 0, or return the seconds to wait before asking again."""
        now = self._clock.monotonic()
        wait_s = max(
            self._held_until - now,
            self._writes.wait_s(now, urgency.in_channel),
            self._bot.wait_s(now, urgency.of_bot),
            self._last + self._interval_s - now if urgency is Urgency.GROWING else 0.0,
        )
        if wait_s > 0:
            return wait_s
        self._writes.add(now)
        self._bot.add(now)
        self._last = now
        return 0.0

    def take_typing(self) -> float:
        """Take the right to show typing, which uses only the bot's limit: 0, or the seconds to wait."""
        now = self._clock.monotonic()
        wait_s = self._bot.wait_s(now, Urgency.TYPING.of_bot)
        if wait_s <= 0:
            self._bot.add(now)
        return wait_s

    def wrote(self) -> None:
        """Note the end of a write: the interval counts from here, so a slow or limited Discord is asked less often."""
        self._last = self._clock.monotonic()

    def hold(self, seconds: float) -> None:
        """Let nothing out for `seconds`."""
        self._held_until = max(self._held_until, self._clock.monotonic() + seconds)


class Pacing:
    """The paces of one bot's channels; what was used longest ago is forgotten first."""

    def __init__(self, clock: Clock, interval_s: float) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self._bot = Window(BOT_WINDOW_S)
        self._paces: OrderedDict[int, ChannelPace] = OrderedDict()

    def of(self, channel_id: int) -> ChannelPace:
        """Return the pace that all replies in this channel share."""
        pace = self._paces.get(channel_id)
        if pace is None:
            pace = self._paces[channel_id] = ChannelPace(self._clock, self._interval_s, self._bot)
        self._paces.move_to_end(channel_id)
        if len(self._paces) > CHANNELS_REMEMBERED:
            self._paces.popitem(last=False)
        return pace
