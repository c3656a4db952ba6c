"""The measures of commissioning. Prices are shown to members only; no figure covers fewer than six children or three
providers, or a cell that one provider dominates (`small_cells`), and none is for a single authority, whose prices
could be found by subtraction from its partnership's."""

from typing import Any, Final

from parentis.figures import Audience, Counts, Measure, NoPeople, Polarity, Population

PLACED: Final = Population(id="children in placements with a price")
SENT: Final = Population(id="referrals sent to providers")
CENSUS: Final = "placements censuses (placements.census, placements.london); docs/methods/commissioning.md"
RETURNS: Final = "partnerships' returns (commissioning.*); docs/methods/commissioning.md"
_MODEL: Final = NoPeople("a model's coefficient over all censuses, of six children and three providers at least")
_MONEY: Final = NoPeople("money and nights of contracts: it counts no children")
_PARTS: Final = NoPeople("pounds of London as a whole between two censuses: no cell of few children")


def _measure(name: str, title: str, unit: str, definition: str, source: str = CENSUS, **more: Any) -> Measure:
    return Measure(
        id=f"commissioning.{name}", title=title, unit=unit, definition=definition, source=source,
        audience=Audience.MEMBERS, **more,
    )  # fmt: skip


MEASURES: Final = (
    _measure(
        "placements", "Placements with a price", "count",
        "On the day of the census, by the partnership they were bought through.", people=(Counts(of=PLACED, value=1),),
    ),
    _measure(
        "mean_price", "Mean weekly price", "£ a week",
        "Gross of contributions; plain mean, whatever the children need.",
        people=(Counts(of=PLACED, told=True), Counts(of=PLACED, n=1)), gross_net="gross",
    ),
    _measure(
        "like_for_like", "Price beside the partnerships' mean, like for like", "%",
        "For the same type, need, age, way of buying, place and month; pulled together as far as few deserve; 95 % "
        "interval.", people=_MODEL, polarity=Polarity.LOWER, decimals=1,
    ),
    _measure(
        "like_for_like_price", "Weekly price of all placements at the partnership's level", "£ a week",
        "What London's placements would cost at the level of the partnership; 95 % interval beside the mean of all.",
        people=_MODEL, polarity=Polarity.LOWER, gross_net="gross",
    ),
    _measure(
        "dearer", "Probability of being dearer than the partnerships' mean", "%", "Like for like.", people=_MODEL,
        polarity=Polarity.LOWER,
    ),
    _measure(
        "index", "Price index of placements", "index, first census 100",
        "Mix held still: matched homes chained (Fisher, Törnqvist), all censuses against all (GEKS), by model; 95 % "
        "interval over providers.", people=_MODEL, decimals=1,
    ),
    _measure(
        "index_real", "Price index of placements beside prices in general", "index, first census 100",
        "The index over the GDP deflator of the census's financial year.", people=_MODEL, decimals=1,
    ),
    _measure(
        "spend_change", "Spend a week: change since the census before", "£ a week",
        "Of authorities with both censuses.", people=_PARTS, gross_net="gross",
    ),
    _measure(
        "spend_volume", "Of it, more or fewer placements", "£ a week", "Mean over the orders of change (Shapley).",
        people=_PARTS, gross_net="gross",
    ),
    _measure(
        "spend_mix", "Of it, dearer or cheaper kinds", "£ a week",
        "Type, need and way of buying; mean over the orders.",
        people=_PARTS, gross_net="gross",
    ),
    _measure(
        "spend_price", "Of it, prices of the same kinds", "£ a week", "Mean over the orders of change (Shapley).",
        people=_PARTS, gross_net="gross",
    ),
    _measure(
        "bought", "Price by way of buying, beside framework", "%",
        "Like for like, within providers' levels; 95 % interval.",
        people=_MODEL, decimals=1,
    ),
    _measure(
        "occupancy", "Nights used of block places", "%", "Nights used ÷ nights open, by partnership and year.", RETURNS,
        people=_MONEY, polarity=Polarity.HIGHER, decimals=1,
    ),
    _measure(
        "used_week", "Cost of a used week in block places", "£ a week",
        "What is paid for blocks ÷ nights used × 7; of three providers at least.", RETURNS, people=_MONEY,
        polarity=Polarity.LOWER, gross_net="gross",
    ),
    _measure(
        "break_even", "Occupancy at which a block costs what spot does", "%",
        "Block price ÷ like-for-like price off framework; 95 % interval.", people=_MODEL, decimals=1,
    ),
    _measure(
        "effect", "What joining an arrangement did to prices", "%",
        "Members beside boroughs that had not joined, before and after, like for like; the interval by permutation.",
        people=_MODEL, decimals=1,
    ),
    _measure(
        "effect_detectable", "The effect that would have been seen", "%", "Four times in five, at 5 %.", people=_MODEL,
        decimals=1,
    ),
    _measure(
        "others_prices", "What a provider's block does to others' prices", "%",
        "Prices that non-members pay the provider, before and after, beside other providers.", people=_MODEL,
        decimals=1,
    ),
    _measure(
        "need_drift", "Rise of the band of need at fixed characteristics", "bands a year",
        "Age, type, solo placement, deprivation of liberty and education held still; 95 % interval.", people=_MODEL,
        decimals=2,
    ),
    _measure(
        "offers", "Referrals to providers that had an offer", "%", "Of copies sent to providers in the year.", RETURNS,
        people=(Counts(of=SENT, n=1, part="answer=offer"),), polarity=Polarity.HIGHER,
    ),
    _measure(
        "silence", "Referrals to providers without an answer", "%", "By the arrangement's term.", RETURNS,
        people=(Counts(of=SENT, n=1, part="answer=silence"),), polarity=Polarity.LOWER,
    ),
    _measure(
        "in_borough", "Placed in the borough", "%", "Of placements whose authority is known.",
        people=(Counts(of=PLACED, n=1, where="host=known", part="host=own"),), polarity=Polarity.HIGHER,
    ),
    _measure(
        "near", "Placed within 20 miles of home", "%", "Of placements with a distance.",
        people=(Counts(of=PLACED, n=1, where="miles=known", part="miles=near"),), polarity=Polarity.HIGHER,
    ),
    _measure(
        "good", "Placed in homes judged good or outstanding", "%", "Of placements whose home has a grade.",
        people=(Counts(of=PLACED, n=1, where="grade=known", part="grade=good"),), polarity=Polarity.HIGHER,
    ),
    _measure(
        "unregistered", "Placed in unregistered provision", "%", "Of placements with a registration stated.",
        people=(Counts(of=PLACED, n=1, where="registration=known", part="registration=none"),), polarity=Polarity.LOWER,
    ),
    _measure(
        "hhi", "Concentration of sellers (HHI)", "0 to 10,000", "Squares of owners' shares of spend, by type.",
        people=NoPeople("squares of shares of money, of three sellers at least"), polarity=Polarity.LOWER,
    ),
    _measure(
        "top_five", "Share of the five largest sellers", "%", "Of spend, by type.",
        people=NoPeople("shares of money, of six sellers at least"), polarity=Polarity.LOWER,
    ),
    _measure(
        "uplift_asked", "Uplift asked for", "%", "Weighted by what was paid before; of three providers at least.",
        RETURNS, people=_MONEY, decimals=1,
    ),
    _measure(
        "uplift_agreed", "Uplift agreed", "%", "Weighted by what was paid before; of three providers at least.",
        RETURNS, people=_MONEY, decimals=1,
    ),
    _measure(
        "saved", "Cashable savings that stand", "£", "Each saving once; none without something it is set against.",
        RETURNS, people=_MONEY, polarity=Polarity.HIGHER,
    ),
    _measure(
        "avoided", "Costs avoided that stand", "£", "Never added to cashable savings.", RETURNS, people=_MONEY,
        polarity=Polarity.HIGHER,
    ),
    _measure(
        "run_cost", "Cost of running arrangements", "£", "Of all arrangements of the partnership in the year.", RETURNS,
        people=_MONEY,
    ),
    _measure(
        "saved_net", "Cashable savings less the cost of running", "£", "Cashable savings that stand − run cost.",
        RETURNS, people=_MONEY, polarity=Polarity.HIGHER,
    ),
)  # fmt: skip
