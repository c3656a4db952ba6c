"""What the service puts into packs and onto its page."""

from parentis.services.hubs.measures import FAMILIES

from parentis.figures import FigureTable, Prose, Section

SECTIONS = (
    Section(
        id="hubs",
        title="Family hubs",
        blocks=(
            Prose(text=f"Families came to a family hub: {{{FAMILIES.id}}}.", only_with=FAMILIES.id),
            FigureTable(title="Families, by authority", measures=(FAMILIES.id,), only_with=FAMILIES.id),
        ),
        packs={"hubs": 10},
        otherwise="Nobody has handed in visits to family hubs.",
    ),
)
