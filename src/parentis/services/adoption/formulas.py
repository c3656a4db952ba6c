"""How the boroughs of an agency share its budget: every formula that agreements have used, to the penny.

A formula gives each member a share; `bill` turns shares into pence. Amounts sum to the budget, or the gap is stated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from parentis.region.apportionment import Collared, collar, damped, divide

MEASURES = ("decisions", "orders", "placed", "adopted", "supported")
"""Activity that a formula may weigh: decisions that a child should be adopted, placement orders, children placed,
adoption orders made, families supported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A borough of the agency. `activity` is by measure, the latest year last; `previous` is last year's payment in
    pence."""

    name: str
    previous: int
    children: int = 0
    looked_after: int = 0
    activity: Mapping[str, Sequence[int]] = field(default_factory=dict)


Shares = tuple[Fraction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """`shares` gives each member's part of 1. With `price`, members pay so many pence for each child of the last year
    instead; with `collar`, nobody pays below or above that part of what they paid last year; with `spread`, a change
    from last year's payment is spread over so many years, and this is the first of them."""

    name: str
    shares: Callable[[Sequence[Member]], Shares]
    price: int | None = None
    measure: str = "placed"
    collar: tuple[Fraction, Fraction] | None = None
    spread: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bill:
    """What each member pays in pence, and the gap that no member pays (negative: an overpayment)."""

    formula: str
    paid: tuple[int, ...]
    gap: int = 0


class FormulaError(ValueError):
    """A formula that the data do not allow; the message gives a treasurer the reason."""


def bill(formula: Formula, budget: int, members: Sequence[Member]) -> Bill:
    """What each member pays of `budget` pence. Raises `FormulaError` where the formula cannot share it."""
    if formula.price is not None:
        paid = tuple(formula.price * _active(member, 1, {formula.measure: 1}) for member in members)
        return Bill(formula=formula.name, paid=paid, gap=budget - sum(paid))
    shares = formula.shares(members)
    if formula.spread > 1:
        step = damped([member.previous for member in members], divide(budget, shares), formula.spread, 1)
        return Bill(formula=formula.name, paid=step, gap=budget - sum(step))
    if formula.collar is None:
        return Bill(formula=formula.name, paid=divide(budget, shares))
    floor, cap = formula.collar
    lowest = [-int(-member.previous * floor // 1) for member in members]
    highest = [int(member.previous * cap // 1) for member in members]
    found: Collared = collar(budget, shares, lowest, highest)
    return Bill(formula=formula.name, paid=found.paid, gap=found.gap)


HISTORIC = Formula(
    name="Historic",
    shares=lambda members: _parts([member.previous for member in members], "Nobody paid anything last year"),
)
"In proportion to last year's payments."
CHILDREN = Formula(
    name="Children aged 0 to 17",
    shares=lambda members: _parts([member.children for member in members], "No children are known"),
)
LOOKED_AFTER = Formula(
    name="Children looked after",
    shares=lambda members: _parts([member.looked_after for member in members], "No looked-after children are known"),
)


def activity(years: int, mix: Mapping[str, int] | None = None) -> Formula:
    """By activity summed over the last `years` years; `mix` weighs the measures (decisions alone if absent)."""
    weights = dict(mix or {"decisions": 1})
    unknown = sorted(weights.keys() - set(MEASURES))
    if unknown:
        raise FormulaError(f"A formula weighs {', '.join(MEASURES)}; it does not know {', '.join(unknown)}.")
    span = f"{years} {'year' if years == 1 else 'years'}"

    def shares(members: Sequence[Member]) -> Shares:
        return _parts([_active(member, years, weights) for member in members], f"There was no activity in {span}")

    return Formula(name=f"Activity, {span}", shares=shares)


def partly_equal(equal: Fraction, rest: Formula) -> Formula:
    """A part of the budget equally, the rest by another formula."""
    if not 0 <= equal <= 1:
        raise FormulaError("The equal part lies between 0 and 1.")

    def shares(members: Sequence[Member]) -> Shares:
        return tuple(equal / len(members) + (1 - equal) * one for one in rest.shares(members))

    return Formula(name=f"{float(equal):.0%} equal, rest by {rest.name[0].lower()}{rest.name[1:]}", shares=shares)


def per_child(price: int, measure: str = "placed") -> Formula:
    """`price` pence for every child of the last year; what this leaves of the budget is the gap."""
    return Formula(name=f"£{price / 100:,.0f} per child {measure}", shares=lambda _: (), price=price, measure=measure)


def within(formula: Formula, floor: Fraction, cap: Fraction) -> Formula:
    """Another formula, with nobody below `floor` or above `cap` times what they paid last year."""
    if not 0 <= floor <= cap:
        raise FormulaError("The floor is not above the cap, and neither is below 0.")
    if formula.price is not None:
        raise FormulaError("A price per child has no floor or cap: agree a price, or share a budget.")
    name = f"{formula.name}, floor {float(floor):.0%} and cap {float(cap):.0%} of last year"
    return replace(formula, name=name, collar=(floor, cap))


def spread(formula: Formula, years: int) -> Formula:
    """Another formula, the change from last year's payments spread evenly over `years`: what is paid in the first."""
    if years < 1:
        raise FormulaError("A change is spread over one year or more.")
    if formula.price is not None:
        raise FormulaError("A price per child cannot be spread over years: agree a price, or share a budget.")
    return replace(formula, name=f"{formula.name}, change spread over {years} years: the first", spread=years)


def after_outturn(agreed: Bill, budget: int, spent: int, *, host: int = 0, hosts_risk: Fraction = Fraction(0)) -> Bill:
    """What each has paid when the year is over. Of what was spent above or below the budget, the host (its place among
    the members) bears the part `hosts_risk`, and all members the rest as they shared the budget."""
    if not 0 <= hosts_risk <= 1:
        raise FormulaError("The host's part of the risk lies between 0 and 1.")
    difference = abs(spent - budget)
    hosted = int(difference * hosts_risk // 1)
    each = list(divide(difference - hosted, agreed.paid))
    each[host] += hosted
    sign = 1 if spent >= budget else -1
    return replace(agreed, paid=tuple(paid + sign * more for paid, more in zip(agreed.paid, each, strict=True)))


def fees(
    sold: Sequence[int], bought: Sequence[int], voluntary: Sequence[int], *, fee: int, voluntary_fee: int
) -> tuple[int, ...]:
    """Each member's inter-agency fees received less those paid, in pence: children placed with its families by others
    (`sold`), placed with other agencies' (`bought`) and with voluntary agencies' families."""
    return tuple(
        (out - come) * fee - from_voluntary * voluntary_fee
        for out, come, from_voluntary in zip(sold, bought, voluntary, strict=True)
    )


def _active(member: Member, years: int, mix: Mapping[str, int]) -> int:
    total = 0
    for measure, weight in mix.items():
        known = member.activity.get(measure, ())
        if len(known) < years:
            raise FormulaError(f"{member.name} has {measure} of {len(known)} years; the formula weighs {years}.")
        total += weight * sum(known[-years:])
    return total


def _parts(weights: Sequence[int], nothing: str) -> Shares:
    whole = sum(weights)
    if not whole:
        raise FormulaError(f"{nothing}, so this formula cannot share the budget.")
    return tuple(Fraction(weight, whole) for weight in weights)
