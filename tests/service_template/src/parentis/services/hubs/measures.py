"""What the figures mean."""

from parentis.figures import Audience, Counts, Measure, Polarity, Population

AT_HUBS = Population(id="families at family hubs")
"Whatever counts the same families, in whatever unit, declares this population; money alone declares `NoPeople`."

FAMILIES = Measure(
    id="hubs.families.count",
    title="Families who came to a family hub",
    unit="count",
    definition="Families that came at least once in the year, summed over the hubs: one at two hubs counts twice.",
    source="Visits to family hubs",
    polarity=Polarity.HIGHER,
    audience=Audience.MEMBERS,
    people=(Counts(of=AT_HUBS, value=1),),
)
MEASURES = (FAMILIES,)
