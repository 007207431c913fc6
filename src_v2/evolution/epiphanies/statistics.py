"""Whether two things go together more often than chance would have it: plain counts, plain tests.

Fisher's exact test is the one for small tables (R. A. Fisher, Statistical Methods for Research Workers, 1934); the
share that is claimed is the lower end of Wilson's interval (E. B. Wilson, JASA 22, 1927).
"""

from dataclasses import dataclass
from math import comb, sqrt

ONE_SIDED_90 = 1.2816
"""The standard normal's quantile: in nine of ten cases the true share lies above the lower end."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Conversations by whether the condition and the behaviour hold: both, only the one, only the other, neither."""

    both: int = 0
    condition_only: int = 0
    behaviour_only: int = 0
    neither: int = 0

    @property
    def with_condition(self) -> int:
        """In how many the condition holds."""
        return self.both + self.condition_only

    @property
    def total(self) -> int:
        """How many there are."""
        return self.with_condition + self.behaviour_only + self.neither

    @property
    def share(self) -> float:
        """How often the behaviour follows where the condition holds, 0..1."""
        return self.both / self.with_condition if self.with_condition else 0.0

    @property
    def share_otherwise(self) -> float:
        """How often the behaviour comes where the condition does not hold, 0..1."""
        without = self.behaviour_only + self.neither
        return self.behaviour_only / without if without else 0.0

    @property
    def lift(self) -> float:
        """How many times more often than in all conversations the behaviour comes with the condition."""
        base = (self.both + self.behaviour_only) / self.total if self.total else 0.0
        return self.share / base if base else 0.0


def chance(counts: Counts) -> float:
    """Return how likely it is that at least as many fall together if the two had nothing to do with each other.

    Fisher's exact test, one-sided; exact integers until the last division.
    """
    behaving = counts.both + counts.behaviour_only
    others = counts.total - behaving
    drawn = counts.with_condition
    at_least = sum(
        comb(behaving, together) * comb(others, drawn - together)
        for together in range(counts.both, min(behaving, drawn) + 1)
        if drawn - together <= others
    )
    return at_least / comb(counts.total, drawn)


def sure_share(successes: int, trials: int) -> float:
    """Return the share that `successes` of `trials` show with 90 % certainty, 0..1: Wilson's lower end, one-sided."""
    if not trials:
        return 0.0
    share, z2 = successes / trials, ONE_SIDED_90**2
    middle = share + z2 / (2 * trials)
    margin = ONE_SIDED_90 * sqrt(share * (1 - share) / trials + z2 / (4 * trials**2))
    return max(0.0, (middle - margin) / (1 + z2 / trials))
