"""The service's sections of packs and of its page: a paper for a cabinet that has to decide."""

from parentis.figures import FigureTable, Headline, Prose, Section
from parentis.services.places.shares.rules import RULES

PACK = "places"
_LOAD, _REFERRED, _BEST, _GAIN = "places.load", "places.referred", "places.best", "places.rule.gain"
_LOG = "It needs three years of the desk's referral log."

SECTIONS: tuple[Section, ...] = (
    Section(
        id="places-need",
        title="How many children need a secure place",
        blocks=(
            Headline(measures=("places.a_year", _LOAD, "places.placed_only"), only_with=_LOAD),
            Prose(
                text="If no child were refused, {places.load} would be full. Places in use alone would say "
                "{places.placed_only}: they tell how many there were, not how many were needed. The load counts "
                "children refused and lost, and those whom the log missed; children whom nobody referred are not in "
                "it.",
                only_with=_LOAD,
            ),
            FigureTable(
                title="Needs referred, by year",
                measures=(_REFERRED, "places.unplaced"),
                headings=("Needs referred", "Found no place"),
                rows="period",
                only_with=_REFERRED,
            ),
        ),
        packs={PACK: 10},
        otherwise=_LOG,
    ),
    Section(
        id="places-size",
        title="How many places, and what they cost",
        blocks=(
            Headline(measures=(_BEST, "places.served", "places.cost", "places.two_years"), only_with=_BEST),
            Prose(
                text="One more place no longer pays beyond {places.best}. That number serves {places.served} of needs "
                "and costs {places.cost} a year with the nights it cannot take. To wait for two more years of "
                "referrals before choosing would be worth {places.two_years} a year, to be held against what waiting "
                "costs. Prices are those of boroughs' papers of 2022, and the home's running costs an assumption: see "
                "how it is counted.",
                only_with=_BEST,
            ),
        ),
        packs={PACK: 20},
        otherwise=_LOG,
    ),
    Section(
        id="places-shares",
        title="Who pays, and who would be cheaper alone",
        blocks=(
            Prose(
                text="The whole yearly cost is shared, full or empty, with the nights the home cannot take. Under a "
                "rule that saves no group anything by leaving, nobody is better off alone; where a group would save, "
                "the table says how much in a year. What each borough would pay is shown to itself, and to others as a "
                "band.",
                only_with=_GAIN,
            ),
            FigureTable(
                title="Rules of sharing, on the same simulated years",
                measures=(_GAIN, "places.rule.rise"),
                headings=("What the best-placed group would save by leaving", "Largest rise when one borough leaves"),
                rows="breakdown",
                labels={rule.id: rule.title for rule in RULES},
                only_with=_GAIN,
            ),
        ),
        packs={PACK: 30},
        otherwise=_LOG,
    ),
)
