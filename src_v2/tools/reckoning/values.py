"""Numbers of the calculator: exact fractions as long as that is possible, and small enough that nothing takes long."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

MOST_DIGITS = 400
"""Of a numerator or denominator: arithmetic on such numbers takes microseconds."""
PRECISION = 40
"""Digits of what cannot be exact."""
SHOWN_DIGITS = 15
"""Of what is rounded."""
SMALLEST_PLAIN, LARGEST_PLAIN = -7, 30
"""Powers of ten between which a rounded number is written without an exponent."""
LONGEST_EXACT_DIGITS = 40
"""Behind the point of what is shown in full."""
LARGEST_DENOMINATOR_SHOWN = 10_000
_BITS = int(MOST_DIGITS * 3.3219)


class Unreckonable(Exception):
    """It has no value here; `str()` is advice."""


@dataclass(frozen=True, slots=True)
class Value:
    """A number, and whether it is exact."""

    of: Fraction
    exact: bool = True


def checked(number: Fraction, *, exact: bool) -> Value:
    """Return a number as a value; raises Unreckonable when it is too large. What is long is rounded."""
    if max(number.numerator.bit_length(), number.denominator.bit_length()) > _BITS:
        if _is_near_one(number):
            return Value(rounded(number), exact=False)
        raise Unreckonable(f"A number on the way has more than {MOST_DIGITS} digits.")
    return Value(number, exact)


def decimal(number: Fraction) -> Decimal:
    """Return a number with `PRECISION` digits."""
    with localcontext() as context:
        context.prec = PRECISION
        return Decimal(number.numerator) / Decimal(number.denominator)


def rounded(number: Fraction) -> Fraction:
    """Return a number with `PRECISION` digits as a fraction."""
    return Fraction(decimal(number))


def shown(value: Value) -> str:
    """Return a value as text: in full when it is exact and short, else rounded and said to be."""
    number = value.of
    if value.exact and number.denominator == 1:
        return str(number.numerator)
    if value.exact and (places := _places(number.denominator)) is not None and places <= LONGEST_EXACT_DIGITS:
        return _plain(number, places)
    approximate = f"about {_short(decimal(number))}"
    if value.exact and number.denominator <= LARGEST_DENOMINATOR_SHOWN:
        return f"{approximate} (exactly {number.numerator}/{number.denominator})"
    return approximate


def _is_near_one(number: Fraction) -> bool:
    """Whether only the fraction is long, not the number large or tiny."""
    return abs(number.numerator.bit_length() - number.denominator.bit_length()) < _BITS


def _places(denominator: int) -> int | None:
    """Return how many digits behind the point a fraction takes; None when they never end."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def _plain(number: Fraction, places: int) -> str:
    digits = str(abs(number.numerator) * 10**places // number.denominator).rjust(places + 1, "0")
    sign = "-" if number < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}"


def _short(number: Decimal) -> str:
    with localcontext() as context:
        context.prec = SHOWN_DIGITS
        short = (+number).normalize()
    is_near = SMALLEST_PLAIN <= short.adjusted() <= LARGEST_PLAIN
    return f"{short:f}" if is_near else f"{short:E}".replace("E+", "e").lower()
