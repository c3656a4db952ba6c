"""The service's sections of packs and pages."""

from typing import Final

from parentis.figures import Chart, ChartKind, FigureTable, Prose, Section

_C: Final = "commissioning."
METHODS: Final = {
    "geks": "All censuses against all (GEKS)",
    "fisher": "Matched homes (Fisher, chained)",
    "tornqvist": "Matched homes (Törnqvist, chained)",
    "time_dummy": "By model",
}
CAUTION: Final = (
    "Prices here are for members of the agreement. A partnership that pays more for the same child, place and month, "
    "as far as needs were measured, is not for that reason overpaying: greater need, haste and distance that nobody "
    "recorded cost money too."
)

SECTIONS: tuple[Section, ...] = (
    Section(
        id="commissioning-prices",
        title="What the same placement costs in each partnership",
        blocks=(
            Prose(text=CAUTION, only_with=f"{_C}like_for_like"),
            FigureTable(
                title="Weekly prices: as paid, and like for like",
                measures=(
                    f"{_C}placements",
                    f"{_C}mean_price",
                    f"{_C}like_for_like_price",
                    f"{_C}like_for_like",
                    f"{_C}dearer",
                ),
                headings=(
                    "Placements",
                    "Mean, as paid",
                    "At the partnership's level",
                    "Beside the mean, %",
                    "Probability of being dearer",
                ),
                rows="breakdown",
                note="Like for like: type, need, age, way of buying and month held still; a level for each provider.",
                only_with=f"{_C}like_for_like",
            ),
            Chart(
                kind=ChartKind.TORNADO,
                title="Like-for-like price beside the partnerships' mean",
                measures=(f"{_C}like_for_like",),
                description="One bar for each partnership, from the low to the high end of its 95 % interval.",
                only_with=f"{_C}like_for_like",
            ),
        ),
        packs={"commissioning": 10},
        otherwise="Partnerships cannot be compared: no placements census of two of them has been accepted.",
    ),
    Section(
        id="commissioning-index",
        title="How fast prices rise with what is bought held still",
        blocks=(
            Chart(
                kind=ChartKind.TREND,
                title="Price index of placements, first census 100",
                measures=(f"{_C}index", f"{_C}index_real"),
                headings=("Prices of placements", "Beside prices in general"),
                description="Two lines by census, each with its 95 % interval over providers.",
                only_with=f"{_C}index",
            ),
            FigureTable(
                title="Four indices",
                measures=(f"{_C}index", f"{_C}index_real"),
                rows="breakdown",
                labels=METHODS,
                note="They differ where homes come and go: those seen at one census count in the model alone.",
                only_with=f"{_C}index",
            ),
            FigureTable(
                title="Why weekly spend changed between two censuses",
                measures=(f"{_C}spend_change", f"{_C}spend_volume", f"{_C}spend_mix", f"{_C}spend_price"),
                headings=("Change", "More or fewer placements", "Dearer or cheaper kinds", "Prices"),
                rows="period",
                only_with=f"{_C}spend_change",
            ),
        ),
        packs={"commissioning": 20},
        otherwise="An index needs two censuses.",
    ),
    Section(
        id="commissioning-arrangements",
        title="What arrangements cost, and whether they worked",
        blocks=(
            FigureTable(
                title="Block places by partnership",
                measures=(f"{_C}occupancy", f"{_C}break_even", f"{_C}used_week"),
                headings=("Nights used, %", "Costs what spot does at, %", "Cost of a used week"),
                rows="breakdown",
                only_with=f"{_C}occupancy",
            ),
            FigureTable(
                title="Price by way of buying, beside framework",
                measures=(f"{_C}bought",),
                rows="breakdown",
                only_with=f"{_C}bought",
            ),
            FigureTable(
                title="What joining an arrangement did to prices",
                measures=(f"{_C}effect", f"{_C}effect_detectable"),
                headings=("Change of price, %", "Would have been seen from, %"),
                rows="breakdown",
                note="Members beside boroughs that had not joined. Where the interval spans nothing it cannot be told.",
                only_with=f"{_C}effect",
            ),
            FigureTable(
                title="Savings that stand",
                measures=(f"{_C}saved", f"{_C}run_cost", f"{_C}saved_net", f"{_C}avoided"),
                headings=("Cashable", "Cost of running", "Cashable, net", "Avoided (never added)"),
                rows="breakdown",
                only_with=f"{_C}saved",
            ),
        ),
        packs={"commissioning": 30},
        otherwise="No partnership has handed in its blocks, arrangements or savings.",
    ),
    Section(
        id="commissioning-market",
        title="Who answers, where children go, and how few sell",
        blocks=(
            FigureTable(
                title="Referrals to providers",
                measures=(f"{_C}offers", f"{_C}silence"),
                rows="breakdown",
                only_with=f"{_C}offers",
            ),
            FigureTable(
                title="Where children are placed",
                measures=(f"{_C}in_borough", f"{_C}near", f"{_C}good", f"{_C}unregistered"),
                rows="breakdown",
                only_with=f"{_C}in_borough",
            ),
            FigureTable(
                title="Concentration by type",
                measures=(f"{_C}hhi", f"{_C}top_five"),
                rows="breakdown",
                only_with=f"{_C}hhi",
            ),
        ),
        packs={"commissioning": 40},
        otherwise="No referral and no placements census has been accepted.",
    ),
)
