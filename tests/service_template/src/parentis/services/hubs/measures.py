"""What the figures mean."""

from parentis.figures import CHILDREN, Audience, Measure, Polarity

FAMILIES = Measure(
    id="hubs.families.count",
    title="Families who came to a family hub",
    unit="count",
    definition="Families that came at least once in the year, summed over the hubs: one at two hubs counts twice.",
    source="Visits to family hubs",
    polarity=Polarity.HIGHER,
    audience=Audience.MEMBERS,
    disclosure=CHILDREN,
)
MEASURES = (FAMILIES,)
