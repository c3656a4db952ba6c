"""What the service puts into packs and pages: the case to the Home Office, and the service's own page."""

from parentis.figures import Chart, ChartKind, FigureTable, Headline, Prose, Section
from parentis.services.uasc.costs import LABELS

HOME_OFFICE, SPENDING_REVIEW = "uasc-home-office", "spending-review"
_COST, _GAP, _NATIONAL, _IF = "uasc.cost.night", "uasc.gap.night", "uasc.national.share", "uasc.whatif.difference"

SECTIONS: tuple[Section, ...] = (
    Section(
        id="uasc-gap",
        title="Unaccompanied children: what care costs and what is paid",
        blocks=(
            Headline(
                measures=("uasc.gap.both", "uasc.recovery.both", "uasc.recovery.children", "uasc.recovery.leavers"),
                only_with=_COST,
            ),
            Prose(
                text="The care of an unaccompanied child costs {uasc.cost.night}; the grant covers "
                "{uasc.recovery.children} of what their care costs, and {uasc.recovery.leavers} of what care leavers' "
                "support costs. Over a year of 365 nights the shortfall is {uasc.gap.year_of_children} a child. In the "
                "year there were {uasc.child_years} of care: the shortfall is for nights, and "
                "multiplying it by the number of children who came through the year would overstate it.",
                only_with=_COST,
            ),
            Prose(
                text="This shortfall lies inside children's social care and is not to be added to its overspend or to "
                "the ask: the cost of {uasc.cost.both} is in the service's outturn, the grant of {uasc.income.both} is "
                "netted off there, and {uasc.gap.both} is what is left for councils to find. Budgets may have planned "
                "for some of it; how much is not known here.",
                only_with="uasc.gap.both",
            ),
            FigureTable(
                title="Cost, grant and shortfall by year",
                measures=("uasc.cost.both", "uasc.income.both", "uasc.gap.both", "uasc.recovery.both"),
                headings=("Cost", "Grant", "Shortfall", "Recovered"),
                rows="period",
                only_with="uasc.cost.both",
            ),
            FigureTable(
                title="Children and care leavers apart",
                measures=("uasc.recovery.children", "uasc.recovery.leavers", "uasc.gap.children", "uasc.gap.leavers"),
                headings=("Recovered, children", "Recovered, leavers", "Shortfall, children", "Shortfall, leavers"),
                rows="period",
                only_with="uasc.cost.both",
            ),
            Chart(
                kind=ChartKind.TILE_MAP,
                title="Shortfall per child-night by authority",
                measures=(_GAP,),
                description="Each authority is a tile of equal size, near its neighbours; the number stands in it. An "
                "authority that did not answer the survey, or keeps its answer to itself, has none.",
                only_with=_GAP,
            ),
            FigureTable(
                title="Cost, grant and shortfall by footprint",
                measures=("uasc.cost.night", "uasc.gap.night", "uasc.recovery.both", "uasc.response.rate"),
                headings=("Cost per child-night", "Shortfall per child-night", "Recovered", "Response"),
                rows="footprint",
                footprint_kinds=("region", "sub-region"),
                only_with=_COST,
            ),
        ),
        packs={HOME_OFFICE: 10, SPENDING_REVIEW: 60},
        otherwise="It needs looked-after children returns, claim registers and the cost survey.",
    ),
    Section(
        id="uasc-method",
        title="How the costs were gathered",
        blocks=(
            Prose(
                text="Authorities answered fixed headings of placement and other costs, in whatever unit they hold "
                "them; {uasc.response.answered} of them answered, {uasc.response.rate} of those with children or care "
                "leavers. Answers stand as given. What was left blank, and who did not answer, is predicted by the "
                "ratio of those who did to their child-nights or leaver-weeks; the intervals of 95 % are for that "
                "prediction, and were shown to hold on made-up surveys whose truth is known. Nights are counted from "
                "looked-after children returns, split to the night at birthdays and changes of rate. Grant is "
                "those nights at the dated rates: no authority is asked what it received.",
                only_with="uasc.response.rate",
            ),
            FigureTable(
                title="Response by footprint",
                measures=("uasc.response.answered", "uasc.response.rate"),
                headings=("Authorities that answered", "Response"),
                rows="footprint",
                footprint_kinds=("region", "sub-region"),
                only_with="uasc.response.rate",
            ),
        ),
        packs={HOME_OFFICE: 20},
    ),
    Section(
        id="uasc-headings",
        title="What the cost is made of",
        blocks=(
            FigureTable(
                title="Cost per child-night by heading",
                measures=("uasc.heading.night",),
                headings=("Cost per child-night",),
                rows="breakdown",
                labels=LABELS,
                only_with="uasc.heading.night",
            ),
            Chart(
                kind=ChartKind.TORNADO,
                title="How far each heading swings the shortfall per child-night",
                measures=("uasc.sensitivity.night",),
                headings=("Shortfall per child-night",),
                labels=LABELS,
                description="One bar a heading, the widest first: from what the shortfall would be if all authorities "
                "paid what the one a quarter up the order pays, to what it would be at three quarters.",
                only_with="uasc.sensitivity.night",
            ),
            FigureTable(
                title="Cost per leaver-week by heading",
                measures=("uasc.heading.week",),
                headings=("Cost per leaver-week",),
                rows="breakdown",
                labels=LABELS,
                only_with="uasc.heading.week",
            ),
        ),
        packs={HOME_OFFICE: 30},
    ),
    Section(
        id="uasc-carried",
        title="Who carries it: nights and a fair share",
        blocks=(
            Chart(
                kind=ChartKind.TREND,
                title="Child-nights and leaver-weeks by year",
                measures=("uasc.nights", "uasc.weeks"),
                headings=("Child-nights", "Leaver-weeks"),
                description="One line each over the years held; weeks rise as children grow up.",
                only_with="uasc.nights",
            ),
            FigureTable(
                title="Nights carried and the fair share, by authority",
                measures=("uasc.nights", "uasc.fair.nights", "uasc.fair.share", "uasc.fair.above", "uasc.fair.pounds"),
                headings=(
                    "Child-nights",
                    "Share of nights",
                    "Fair share",
                    "Child-years above it",
                    "Shortfall above it",
                ),
                note="The fair share is that of residents aged 0 to 17. Below nil, fewer are carried.",
                only_with="uasc.nights",
            ),
        ),
        packs={HOME_OFFICE: 40},
    ),
    Section(
        id="uasc-thresholds",
        title="How near the thresholds, and whether the count fits the published one",
        blocks=(
            FigureTable(
                title="Children on 31 March and headroom, by authority",
                measures=("uasc.stock", "uasc.headroom.funding", "uasc.headroom.transfer"),
                headings=(
                    "Children on 31 March",
                    "Short of the high rate's threshold",
                    "Short of the transfer threshold",
                ),
                note="Below nil, an authority is above the threshold. An authority sees its own headroom alone.",
                only_with="uasc.stock",
            ),
            FigureTable(
                title="Our count on 31 March beside DfE's",
                measures=("uasc.stock", "uasc.national.difference"),
                headings=("Children on 31 March", "More than published"),
                rows="period",
                only_with="uasc.national.difference",
            ),
        ),
        otherwise="It needs looked-after children returns.",
    ),
    Section(
        id="uasc-national",
        title="The national context",
        blocks=(
            Prose(
                text="On the last 31 March published, the region looked after {uasc.national.share} of England's "
                "unaccompanied children and had {uasc.national.fair_share} of its children: "
                "{uasc.national.above} more than a fair share. They were {uasc.national.of_children} of all its "
                "children.",
                only_with=_NATIONAL,
            ),
            Chart(
                kind=ChartKind.TREND,
                title="Share of England's unaccompanied children, and the fair share",
                measures=("uasc.national.share", "uasc.national.fair_share"),
                headings=("Unaccompanied children", "All children"),
                description="Two lines over the 31 Marches published: the share of unaccompanied children, and of all.",
                only_with=_NATIONAL,
            ),
            FigureTable(
                title="Regions on the last 31 March",
                measures=(_NATIONAL, "uasc.national.fair_share", "uasc.national.above", "uasc.national.of_children"),
                headings=("Share of unaccompanied children", "Fair share", "Children above it", "Of all children"),
                rows="region",
                only_with=_NATIONAL,
            ),
            FigureTable(
                title="Transfers of the regions under the National Transfer Scheme, last year published",
                measures=("uasc.nts.out", "uasc.nts.in", "uasc.nts.port", "uasc.nts.out_share", "uasc.nts.in_share"),
                headings=("Out", "In", "In from ports", "Share of England's, out", "Share of England's, in"),
                rows="region",
                only_with="uasc.nts.out",
            ),
            FigureTable(
                title="Transfers under the National Transfer Scheme, by calendar year",
                measures=("uasc.nts.out", "uasc.nts.in", "uasc.nts.port", "uasc.nts.out_share", "uasc.nts.in_share"),
                headings=("Out", "In", "In from ports", "Share of England's, out", "Share of England's, in"),
                rows="period",
                only_with="uasc.nts.out",
            ),
        ),
        packs={HOME_OFFICE: 50},
        otherwise="It needs the Home Office's transfers and DfE's interactive tool.",
    ),
    Section(
        id="uasc-what-if",
        title="What if the rates were others",
        blocks=(
            Prose(
                text="For illustration: the high rate for every authority, and all rates rising by 2 % a year. In the "
                "last year shown the region would be paid {uasc.whatif.difference} more, and "
                "{uasc.whatif.recovery_proposed} of its cost would be recovered in place of "
                "{uasc.whatif.recovery_now}. Nights to come are those of the demand model; care leavers are today's "
                "and those who turn 18.",
                only_with=_IF,
            ),
            Chart(
                kind=ChartKind.FAN,
                title="Cost to come, and what two schedules of rates would pay",
                measures=("uasc.whatif.cost", "uasc.whatif.now", "uasc.whatif.proposed"),
                headings=("Cost", "Grant, rates as now", "Grant, other rates"),
                description="Three lines over five years with the interval that holds eight in ten of the simulated "
                "futures.",
                only_with=_IF,
            ),
            FigureTable(
                title="What the other rates would add, by authority, last year shown",
                measures=(_IF,),
                headings=("Added",),
                only_with=_IF,
            ),
        ),
        packs={HOME_OFFICE: 60},
        otherwise="It needs looked-after children returns.",
    ),
)
