"""What the service puts into packs and onto its page: a paper for a cabinet that is asked to sign."""

from parentis.figures import FigureTable, Headline, Prose, Section

PACK = "places"
_LOAD, _REFERRED = "places.load", "places.referred"

SECTIONS: tuple[Section, ...] = (
    Section(
        id="places-need",
        title="How many children need a secure place",
        blocks=(
            Headline(measures=("places.a_year", _LOAD, "places.placed_only"), only_with=_LOAD),
            Prose(
                text="If no child were refused, {places.load} places would be full. Places in use alone would say "
                "{places.placed_only}: they tell how many places there were, not how many were needed. The load counts "
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
        otherwise="It needs three years of the desk's referral log.",
    ),
    Section(
        id="places-size",
        title="How many places, and what they cost",
        blocks=(
            Headline(
                measures=("places.best", "places.served", "places.cost", "places.two_years"), only_with="places.best"
            ),
            Prose(
                text="One more place no longer pays beyond {places.best} places. That number serves {places.served} "
                "of needs "
                """and costs {places.cost} a year with the nights it cannot take. To wait for two more years of
                referrals before """
                """choosing would be worth {places.two_years} a year, to be held against what waiting costs. Prices
                are those of """
                "boroughs' papers of 2022, and the home's running costs an assumption: see how it is counted.",
                only_with="places.best",
            ),
        ),
        packs={PACK: 20},
        otherwise="It needs three years of the desk's referral log.",
    ),
)
