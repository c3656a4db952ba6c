"""The place beside its statistical neighbours and England, and England's regions beside one another."""

from parentis.figures import Block, ChartKind, Prose
from parentis.services.funding.context import SUBJECTS
from parentis.services.funding.sections.blocks import chart, table


def _columns(subject: str) -> dict[str, str]:
    return {
        f"context.{subject}": "The place",
        f"context.{subject}.neighbours": "Its statistical neighbours",
        f"context.{subject}.england": "England",
    }


CONTEXT: tuple[Block, ...] = (
    Prose(
        text="A gap may come from need, from what care costs, or from how it is run. Need first: of the place's "
        "children {funding.context.child_poverty} live in low-income families, against "
        "{funding.context.child_poverty.england} in England; {funding.context.looked_after} are looked after, against "
        "{funding.context.looked_after.england}; and {funding.context.plans} of pupils have a plan, against "
        "{funding.context.plans.england}.",
        only_with="funding.context.looked_after",
    ),
    *(
        chart(
            ChartKind.TREND,
            f"{one.title}, beside neighbours and England",
            _columns(one.id),
            f"{one.title} of the place, the mean of its statistical neighbours, and England, by year.",
        )
        for one in SUBJECTS
        if one.short
    ),
    *(
        table(f"{one.title}, beside neighbours and England", _columns(one.id), rows="period")
        for one in SUBJECTS
        if not one.short
    ),
    table(
        "Need and spend by region of England",
        {
            "context.child_poverty": "Children in low-income families",
            "context.deprivation": "Deprivation score",
            "context.looked_after": "Children looked after, rate",
            "context.plans": "Pupils with a plan",
        },
        rows="region",
        only_with="funding.context.looked_after",
    ),
    table(
        "What children's social care cost for each resident child, by region of England (RO3)",
        {"csc.net.per_child": "Social care, net", "looked_after.net": "Looked-after children, net"},
        rows="region",
    ),
)
