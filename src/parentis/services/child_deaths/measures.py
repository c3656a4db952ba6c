"""The measures of child deaths and their level: some by footprint, some for London only, none by borough. A borough
sees its own cases on the Cases page; no figures are published of them."""

from typing import Any, Final

from parentis.figures import Audience, Counts, Measure, NoPeople, Polarity, Population

DEATHS: Final = Population(id="child deaths")
RESPONSES: Final = Population(id="child deaths with a joint response")
REVIEWED: Final = Population(id="child deaths reviewed")
"Measures use one kind of footprint and London, so that subtracting one kind from another cannot disclose anything."
NOTIFIED = "child death notifications (child_deaths.notifications)"
REVIEWS = "panels' reviews (child_deaths.reviews, child_deaths.factors)"
_NOBODY = NoPeople("made of residents and England's published rate: it counts no deaths")


def _measure(name: str, title: str, unit: str, definition: str, **more: Any) -> Measure:
    return Measure(id=f"child_deaths.{name}", title=title, unit=unit, definition=definition, **more)


MEASURES: Final = (
    _measure(
        "notified", "Deaths notified", "count",
        "Residents aged under 18, live-born, who died in the year and of whom the partnership was told; each once.",
        source=NOTIFIED, audience=Audience.MEMBERS, people=(Counts(of=DEATHS, value=1), Counts(of=DEATHS, n=1)),
    ),
    _measure(
        "expected", "Deaths expected at England's rate", "count",
        "Residents aged 0 to 17 × 29.8 per 100,000 (NCMD, year to March 2024), by infants and deprivation.",
        source="ONS mid-2024; NCMD; IMD 2019", audience=Audience.PUBLISHED, people=_NOBODY, decimals=1,
    ),
    _measure(
        "short", "Chance of fewer than 60 deaths in a year", "%",
        "Poisson, at the residents' number and England's rate alone.", source="ONS mid-2024; NCMD",
        polarity=Polarity.LOWER, audience=Audience.PUBLISHED, people=_NOBODY, decimals=1,
    ),
    _measure(
        "ratio", "Deaths beside those expected", "ratio",
        "Notified ÷ expected, pulled towards London's mean as far as few deaths deserve (gamma–Poisson).",
        source=NOTIFIED, audience=Audience.MEMBERS, people=(Counts(of=DEATHS, told=True), Counts(of=DEATHS, n=1)),
        decimals=2,
    ),
    _measure(
        "category", "Reviews by category", "count",
        "Reviews of the year's deaths by the panel's category; London alone.",
        source=REVIEWS, audience=Audience.MEMBERS, people=(Counts(of=REVIEWED, value=1), Counts(of=REVIEWED, n=1)),
    ),
    _measure(
        "reviewed", "Deaths reviewed", "count", "The year's deaths whose review a panel has completed.",
        source=REVIEWS, audience=Audience.MEMBERS, polarity=Polarity.HIGHER,
        people=(Counts(of=REVIEWED, value=1), Counts(of=REVIEWED, n=1)),
    ),
    _measure(
        "modifiable", "Reviews with a modifiable factor", "%", "100 × those ÷ reviews of the year's deaths.",
        source=REVIEWS, audience=Audience.MEMBERS, people=(Counts(of=REVIEWED, n=1, part="modifiable=yes"),),
    ),
    _measure(
        "factor", "Reviews in which a factor contributed", "%",
        "100 × reviews with relevance 2 ÷ reviews of the year's deaths; London alone, Wilson's 95 % interval.",
        source=REVIEWS, audience=Audience.MEMBERS, people=(Counts(of=REVIEWED, n=1, part="contributed=yes"),),
    ),
    _measure(
        "within_six_months", "Reviews completed within six months", "%",
        "Of reviews of the year's deaths: from notification to panel, less days for which the clock stood still.",
        source=REVIEWS, audience=Audience.MEMBERS, polarity=Polarity.HIGHER,
        people=(Counts(of=REVIEWED, n=1, part="in-time=yes"),),
    ),
    _measure(
        "agreement", "Agreement of ethnicity, notification and review", "kappa",
        "Cohen's kappa of the five groups: 1 whole, 0 none. Against research data 0.58 was found (BMJ).",
        source=REVIEWS, audience=Audience.MEMBERS, polarity=Polarity.HIGHER, decimals=2,
        people=(Counts(of=REVIEWED, n=1, where="ethnicity=known"),),
    ),
    _measure(
        "told_within_two_days", "Notified within two days", "%", "Of the year's deaths: by the second day after.",
        source=NOTIFIED, audience=Audience.MEMBERS, polarity=Polarity.HIGHER,
        people=(Counts(of=DEATHS, n=1, part="told=soon"),),
    ),
    _measure(
        "responses", "Joint agency responses", "count", "The year's deaths with one, by police command of residence.",
        source=NOTIFIED, audience=Audience.MEMBERS, people=(Counts(of=RESPONSES, value=1), Counts(of=RESPONSES, n=1)),
    ),
    _measure(
        "police_attended", "Joint responses the police took part in", "%",
        "100 × those in which the lead investigator took part ÷ joint agency responses.",
        source=NOTIFIED, audience=Audience.MEMBERS, polarity=Polarity.HIGHER,
        people=(Counts(of=RESPONSES, n=1, part="attended=yes"),),
    ),
    _measure(
        "response_in_time", "Joint responses that met within three days", "%",
        "100 × those whose first meeting was by the third day after the death ÷ joint agency responses.",
        source=NOTIFIED, audience=Audience.MEMBERS, polarity=Polarity.HIGHER,
        people=(Counts(of=RESPONSES, n=1, part="in-time=yes"),),
    ),
    _measure(
        "months_to_see", "Months until a rise by half shows", "months",
        "Average, of a CUSUM of the deaths expected, with one false signal in ten years.", source="ONS mid-2024; NCMD",
        polarity=Polarity.LOWER, audience=Audience.PUBLISHED, people=_NOBODY, decimals=1,
    ),
)  # fmt: skip
