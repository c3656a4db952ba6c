"""Sections for packs: the cohort by borough, its rate, and how groups of children differ."""

from typing import Final

from parentis.figures import Chart, ChartKind, FigureTable, Headline, Prose, Section

PACK: Final = "older-cohort"
_CHILDREN: Final = "cohort.children"
LABELS: Final = {"F": "Girls", "M": "Boys", "U": "Sex not stated"}

SECTIONS: tuple[Section, ...] = (
    Section(
        id="cohort-size",
        title="The older cohort: how many, by whose definition",
        blocks=(
            Prose(
                text="A definition is a file with a version, and counts say which version they are of. Where a "
                "return lacks "
                "a table, what it would say is not known, and is never counted as no.",
                only_with=_CHILDREN,
            ),
            Headline(measures=(_CHILDREN, "cohort.rate", "cohort.share"), only_with=_CHILDREN),
            FigureTable(
                title="The cohort by borough",
                measures=(_CHILDREN, "cohort.not_known", "cohort.looked_after", "cohort.rate"),
                headings=("In the cohort", "Not known", "Looked after", "Per 10,000 aged 10 to 17"),
                rows="authority",
                note="Rates of small boroughs vary by chance: read them with their interval. It is no ranking.",
                only_with=_CHILDREN,
            ),
            Chart(
                kind=ChartKind.TREND,
                title="Children in the older cohort",
                measures=(_CHILDREN,),
                headings=("In the cohort",),
                description="One line over the years held: children in the cohort on 31 March.",
                only_with=_CHILDREN,
            ),
        ),
        packs={PACK: 10},
        otherwise="No looked-after children returns are held.",
    ),
    Section(
        id="cohort-groups",
        title="The older cohort by sex and ethnicity",
        blocks=(
            Prose(
                text="Signs such as going missing carry the disproportion of those who record them. A higher share "
                "says "
                "where to look, not that children differ.",
                only_with="cohort.share",
            ),
            FigureTable(
                title="Share of each group's looked-after children in the cohort",
                measures=("cohort.share",),
                headings=("In the cohort",),
                rows="breakdown",
                labels=LABELS,
                only_with="cohort.share",
            ),
        ),
        packs={PACK: 20},
    ),
)
