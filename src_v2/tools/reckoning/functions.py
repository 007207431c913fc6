"""What the calculator can do with numbers. Every function takes microseconds, whatever it is given."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, DecimalException, localcontext
from fractions import Fraction

from src_v2.tools.reckoning.values import MOST_DIGITS, PRECISION, Unreckonable, Value, checked, decimal, rounded

LARGEST_FACTORIAL = 200
LARGEST_EXPONENT = 10_000
MOST_PLACES = 30
MOST_PARTS = 100
_PI = Fraction("3.1415926535897932384626433832795028841972")
_E = Fraction("2.7182818284590452353602874713526624977572")
CONSTANTS: Mapping[str, Value] = {
    "pi": Value(_PI, exact=False), "π": Value(_PI, exact=False), "e": Value(_E, exact=False),
    "tau": Value(2 * _PI, exact=False), "τ": Value(2 * _PI, exact=False),
}  # fmt: skip
FLOAT_PLACES = 15
"""The sine and its like are reckoned in floating point: what lies behind that place is noise."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function and how many numbers it takes."""

    run: Callable[..., Value]
    least: int = 1
    most: int = 1


def power(base: Value, exponent: Value) -> Value:
    """Return base ** exponent; raises Unreckonable when that is too large or no number."""
    to = exponent.of
    if to.denominator != 1:
        return _root_power(base.of, to)
    if abs(to) > LARGEST_EXPONENT:
        raise Unreckonable(f"The exponent is larger than {LARGEST_EXPONENT}.")
    if base.of == 0 and to < 0:
        raise Unreckonable("That divides by zero.")
    size = max(base.of.numerator.bit_length(), base.of.denominator.bit_length()) * abs(int(to))
    exact = base.exact and exponent.exact
    if size > MOST_DIGITS * 4 and base.of not in (0, 1, -1):
        return _rounded_power(base.of, to)
    return checked(base.of ** int(to), exact=exact)


def _rounded_power(base: Fraction, to: Fraction) -> Value:
    if abs(int(to)) * _digits(base) > MOST_DIGITS:
        raise Unreckonable(f"The power has more than {MOST_DIGITS} digits.")
    return _of_decimals(lambda: decimal(base) ** int(to))


def _root_power(base: Fraction, to: Fraction) -> Value:
    if base < 0:
        raise Unreckonable("A negative number has no real power with a fraction as exponent.")
    if base == 0:
        if to < 0:
            raise Unreckonable("That divides by zero.")
        return Value(Fraction(0))
    if to == Fraction(1, 2):
        return _sqrt(Value(base))
    if abs(to) > LARGEST_EXPONENT or abs(float(to)) * _digits(base) > MOST_DIGITS:
        raise Unreckonable(f"The power has more than {MOST_DIGITS} digits.")
    return _of_decimals(lambda: decimal(base) ** decimal(to))


def _digits(number: Fraction) -> float:
    """Return how far a number is from one, in powers of ten; it may be beyond what floating point holds."""
    return abs(float(decimal(abs(number)).log10()))


def _of_decimals(reckon: Callable[[], Decimal]) -> Value:
    """Return what can only be reckoned with rounded numbers."""
    try:
        with localcontext() as context:
            context.prec = PRECISION
            found = reckon()
        if not found.is_finite() or abs(found.adjusted()) > MOST_DIGITS:
            raise Unreckonable(f"The result has more than {MOST_DIGITS} digits.")
        return Value(Fraction(found), exact=False)
    except DecimalException:
        raise Unreckonable("That has no value that can be reckoned here.") from None


def _sqrt(number: Value) -> Value:
    of = number.of
    if of < 0:
        raise Unreckonable("A negative number has no real square root.")
    top, bottom = math.isqrt(of.numerator), math.isqrt(of.denominator)
    if top * top == of.numerator and bottom * bottom == of.denominator:
        return Value(Fraction(top, bottom), number.exact)
    return _of_decimals(lambda: decimal(of).sqrt())


def _cbrt(number: Value) -> Value:
    of = number.of
    if of.denominator == 1:
        near = round(float(decimal(abs(of))) ** (1 / 3)) if abs(of) < 10**40 else 0
        if near**3 == abs(of):
            return Value(Fraction(near if of >= 0 else -near), number.exact)
    if of == 0:
        return number
    root = _root_power(abs(of), Fraction(1, 3))
    return Value(root.of if of > 0 else -root.of, exact=False)


def _round(number: Value, places: Value = Value(Fraction(0))) -> Value:  # noqa: B008 - a constant
    """Round half away from zero, as people do."""
    digits = _whole(places, "places")
    if abs(digits) > MOST_PLACES:
        raise Unreckonable(f"Round to at most {MOST_PLACES} places.")
    scale = Fraction(10) ** digits
    scaled = abs(number.of) * scale + Fraction(1, 2)
    whole = Fraction(math.floor(scaled)) / scale
    return checked(whole if number.of >= 0 else -whole, exact=True)


def _factorial(number: Value) -> Value:
    whole = _whole(number, "factorial")
    if not 0 <= whole <= LARGEST_FACTORIAL:
        raise Unreckonable(f"Factorials go from 0 to {LARGEST_FACTORIAL}.")
    return Value(Fraction(math.factorial(whole)))


def _choose(of: Value, picked: Value) -> Value:
    total, few = _whole(of, "choose"), _whole(picked, "choose")
    if not 0 <= few <= total <= LARGEST_FACTORIAL:
        raise Unreckonable(f"choose(n, k) takes 0 <= k <= n <= {LARGEST_FACTORIAL}.")
    return Value(Fraction(math.comb(total, few)))


def _exp(number: Value) -> Value:
    if abs(number.of) > 2 * MOST_DIGITS:
        raise Unreckonable(f"The result has more than {MOST_DIGITS} digits.")
    return _of_decimals(lambda: decimal(number.of).exp())


def _log(number: Value, base: Value | None = None) -> Value:
    """Return the natural logarithm, or that to a base."""
    if number.of <= 0 or (base is not None and (base.of <= 0 or base.of == 1)):
        raise Unreckonable("Logarithms are of positive numbers, to a positive base other than 1.")
    if base is None:
        return _of_decimals(lambda: decimal(number.of).ln())
    return _exact_if_whole(_of_decimals(lambda: decimal(number.of).ln() / decimal(base.of).ln()), base, number)


def _exact_if_whole(found: Value, base: Value, number: Value) -> Value:
    whole = round(found.of)
    if number.exact and base.exact and abs(whole) <= MOST_DIGITS and base.of**whole == number.of:
        return Value(Fraction(whole))
    return found


def _log10(number: Value) -> Value:
    return _log(number, Value(Fraction(10)))


def _log2(number: Value) -> Value:
    return _log(number, Value(Fraction(2)))


def _by_float(function: Callable[[float], float]) -> Callable[[Value], Value]:
    def run(number: Value) -> Value:
        try:
            found = function(float(decimal(number.of)))
        except (ValueError, OverflowError):
            raise Unreckonable("That number is outside of where the function has a value.") from None
        if not math.isfinite(found) or abs(found) > 10**FLOAT_PLACES:
            raise Unreckonable("The function has no finite value there.")
        return Value(Fraction(repr(round(found, FLOAT_PLACES))), exact=False)

    return run


def _total(*numbers: Value) -> Value:
    return checked(sum((one.of for one in numbers), Fraction(0)), exact=_all_exact(numbers))


def _mean(*numbers: Value) -> Value:
    total = _total(*numbers)
    return checked(total.of / len(numbers), exact=total.exact)


def _gcd(*numbers: Value) -> Value:
    return Value(Fraction(math.gcd(*(_whole(one, "gcd") for one in numbers))))


def _lcm(*numbers: Value) -> Value:
    return checked(Fraction(math.lcm(*(_whole(one, "lcm") for one in numbers))), exact=True)


def _all_exact(numbers: tuple[Value, ...]) -> bool:
    return all(one.exact for one in numbers)


def _whole(number: Value, name: str) -> int:
    if number.of.denominator != 1:
        raise Unreckonable(f"{name} takes whole numbers.")
    return int(number.of)


FUNCTIONS: Mapping[str, Function] = {
    "sqrt": Function(_sqrt), "cbrt": Function(_cbrt), "abs": Function(lambda one: Value(abs(one.of), one.exact)),
    "round": Function(_round, most=2), "floor": Function(lambda one: Value(Fraction(math.floor(one.of)))),
    "ceil": Function(lambda one: Value(Fraction(math.ceil(one.of)))), "factorial": Function(_factorial),
    "choose": Function(_choose, 2, 2), "exp": Function(_exp), "ln": Function(_log), "log": Function(_log, most=2),
    "log10": Function(_log10), "log2": Function(_log2), "pow": Function(power, 2, 2),
    "sin": Function(_by_float(math.sin)), "cos": Function(_by_float(math.cos)), "tan": Function(_by_float(math.tan)),
    "asin": Function(_by_float(math.asin)), "acos": Function(_by_float(math.acos)),
    "atan": Function(_by_float(math.atan)),
    "degrees": Function(lambda one: Value(rounded(one.of * 180 / _PI), exact=False)),
    "radians": Function(lambda one: Value(rounded(one.of * _PI / 180), exact=False)),
    "min": Function(lambda *all_: min(all_, key=lambda one: one.of), most=MOST_PARTS),
    "max": Function(lambda *all_: max(all_, key=lambda one: one.of), most=MOST_PARTS),
    "sum": Function(_total, most=MOST_PARTS), "mean": Function(_mean, most=MOST_PARTS),
    "gcd": Function(_gcd, most=MOST_PARTS), "lcm": Function(_lcm, most=MOST_PARTS),
    "percent": Function(lambda one: Value(one.of / 100, one.exact)),
    "negative": Function(lambda one: Value(-one.of, one.exact)),
}  # fmt: skip
