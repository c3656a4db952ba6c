"""Region: authorities, footprints, periods, child populations and prices, as facts in small cited tables."""

from parentis.region.authorities import (
    Authority,
    authorities,
    authorities_frame,
    authority,
    match_authorities,
    nearly,
)
from parentis.region.centres import centres
from parentis.region.children import population_0_17, tiles
from parentis.region.clocks import LONDON, Pause, Term, Unit, due, elapsed, in_time, local_day, midnight
from parentis.region.footprints import Footprint, footprint, footprints, members, membership_frame
from parentis.region.money import deflator_factor, gdp_deflator, price_growth, to_real
from parentis.region.periods import (
    Period,
    calendar_year,
    collection_year_of,
    financial_year,
    financial_year_of,
    one_day,
    parse_period,
    quarters,
    years,
)
from parentis.region.places import LAIT_NUMBERS, places
from parentis.region.references import (
    Edition,
    References,
    Submitted,
    edition,
    edition_words,
    references,
    with_references,
)
from parentis.region.uasc import (
    NATIONAL_FROM,
    Threshold,
    default_vintage,
    uasc_instructions,
    uasc_rates,
    uasc_threshold,
    uasc_thresholds,
)
from parentis.region.working_days import bank_holidays, is_working_day

__all__ = [
    "LAIT_NUMBERS",
    "LONDON",
    "NATIONAL_FROM",
    "Authority",
    "Edition",
    "Footprint",
    "Pause",
    "Period",
    "References",
    "Submitted",
    "Term",
    "Threshold",
    "Unit",
    "authorities",
    "authorities_frame",
    "authority",
    "bank_holidays",
    "calendar_year",
    "centres",
    "collection_year_of",
    "default_vintage",
    "deflator_factor",
    "due",
    "edition",
    "edition_words",
    "elapsed",
    "financial_year",
    "financial_year_of",
    "footprint",
    "footprints",
    "gdp_deflator",
    "in_time",
    "is_working_day",
    "local_day",
    "match_authorities",
    "members",
    "membership_frame",
    "midnight",
    "nearly",
    "one_day",
    "parse_period",
    "places",
    "population_0_17",
    "price_growth",
    "quarters",
    "references",
    "tiles",
    "to_real",
    "uasc_instructions",
    "uasc_rates",
    "uasc_threshold",
    "uasc_thresholds",
    "with_references",
    "years",
]
