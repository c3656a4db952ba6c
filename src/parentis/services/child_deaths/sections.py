"""The service's sections of the yearly report and of its pages."""

from parentis.figures import Chart, ChartKind, FigureTable, Headline, Prose, Section
from parentis.returns.child_deaths import labels

YEARLY = "child-death-review"
_NOTIFIED, _REVIEWED = "child_deaths.notified", "child_deaths.reviewed"
OTHERWISE = "It needs notifications and reviews."

SECTIONS: tuple[Section, ...] = (
    Section(
        id="child-deaths-year",
        title="The year: deaths notified and reviewed",
        blocks=(
            Prose(
                text="This report is about children who died, and each of them is missed. It is for those who can "
                "make the next death less likely. Counts are banded and small ones are not shown.",
                only_with=_NOTIFIED,
            ),
            Headline(measures=(_NOTIFIED, _REVIEWED, "child_deaths.modifiable"), only_with=_NOTIFIED),
            FigureTable(
                title="Deaths notified, by footprint",
                measures=(_NOTIFIED, "child_deaths.told_within_two_days", _REVIEWED, "child_deaths.within_six_months"),
                headings=("Notified", "Notified within two days", "Reviewed", "Reviewed within six months"),
                rows="footprint",
                footprint_kinds=("region", "cdr"),
                only_with=_NOTIFIED,
            ),
            FigureTable(
                title="Deaths beside those expected, by footprint",
                measures=("child_deaths.expected", "child_deaths.ratio"),
                headings=("Expected at England's rate", "Ratio"),
                rows="footprint",
                footprint_kinds=("region", "cdr"),
                note="A ratio is pulled towards London's mean as far as few deaths deserve. It is no ranking.",
                only_with=_NOTIFIED,
            ),
        ),
        packs={YEARLY: 10},
        otherwise=OTHERWISE,
    ),
    Section(
        id="child-deaths-footprints",
        title="Footprints: enough deaths to learn from",
        blocks=(
            Prose(
                text="A panel that expects 60 deaths falls short of 60 in 48 years of 100; to fall short in one year "
                "of twenty it must expect 73.3. Months are until a rise by half shows on a chart that gives one false "
                "signal in ten years.",
                only_with="child_deaths.short",
            ),
            FigureTable(
                title="Chance of fewer than 60 deaths, and months until a rise shows",
                measures=("child_deaths.short", "child_deaths.months_to_see"),
                headings=("Chance of fewer than 60", "Months until a rise by half shows"),
                rows="footprint",
                footprint_kinds=("region", "cdr"),
                only_with="child_deaths.short",
            ),
        ),
        packs={YEARLY: 20},
    ),
    Section(
        id="child-deaths-themes",
        title="Themes: what contributed, and what can be changed",
        blocks=(
            FigureTable(
                title="Reviews by category, London",
                measures=("child_deaths.category",),
                headings=("Reviews",),
                rows="breakdown",
                labels=labels("category"),
                only_with="child_deaths.category",
            ),
            FigureTable(
                title="Factors that contributed, London",
                measures=("child_deaths.factor",),
                headings=("Share of reviews",),
                rows="breakdown",
                labels=labels("factor"),
                only_with="child_deaths.factor",
            ),
            FigureTable(
                title="Agreement of ethnicity between notification and review",
                measures=("child_deaths.agreement",),
                headings=("Kappa",),
                rows="footprint",
                footprint_kinds=("cdr",),
                only_with="child_deaths.agreement",
            ),
            Chart(
                kind=ChartKind.TREND,
                title="Reviews with a modifiable factor",
                measures=("child_deaths.modifiable",),
                headings=("With a modifiable factor",),
                description="One line over the years held: the share of reviews in which a panel found one.",
                only_with="child_deaths.modifiable",
            ),
        ),
        packs={YEARLY: 30},
    ),
    Section(
        id="child-deaths-police",
        title="Joint agency responses and the police",
        blocks=(
            FigureTable(
                title="Joint responses by police command",
                measures=("child_deaths.responses", "child_deaths.police_attended", "child_deaths.response_in_time"),
                headings=("Joint responses", "Police took part", "Met within three days"),
                rows="footprint",
                footprint_kinds=("region", "bcu"),
                only_with="child_deaths.responses",
            ),
        ),
        packs={YEARLY: 40},
    ),
)
