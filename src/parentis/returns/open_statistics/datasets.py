"""The data sets in DfE's long format that are declared by name. Other data sets of the family can also be read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

COMMON = frozenset(
    {
        "time_period",
        "time_identifier",
        "geographic_level",
        "country_code",
        "country_name",
        "region_code",
        "region_name",
        "new_la_code",
        "old_la_code",
        "la_code",
        "la_name",
        "rsc_region_lead_name",
        "opportunity_area_code",
        "opportunity_area_name",
        "local_authority_district_code",
        "lad_code",
        "lad_name",
        "pcon_code",
        "pcon_name",
        "parliamentary_constituency_code",
        "parliamentary_constituency_name",
        "local_enterprise_partnership_code",
        "local_enterprise_partnership_name",
        "lep_code",
        "lep_name",
        "mayoral_combined_authority_code",
        "mayoral_combined_authority_name",
        "ward_code",
        "ward_name",
        "english_devolved_area_code",
        "english_devolved_area_name",
        "lsip_code",
        "lsip_name",
        "school_name",
        "school_urn",
        "school_laestab",
        "school_estab",
        "provider_name",
        "provider_ukprn",
        "trust_id",
        "trust_name",
        "sponsor_id",
        "sponsor_name",
        "institution_id",
        "institution_name",
        "planning_area_code",
        "planning_area_name",
    }
)
"Columns of time and place, which every data set of the family can have."


SAME = {
    "children_count": "number",
    "cla_count": "number",
    "count": "number",
    "children_percent": "percentage",
    "percent": "percentage",
    "pct": "percentage",
    "population_count": "population_type",
    "care_leaver_age": "age",
    "age_group": "age",
    "rate_per_10000_children": "rate_per_10000",
}
"""Headings of releases from 2018 to 2025 that name the same column → one name for them. DfE renamed several in 2025."""


def same(heading: str) -> str:
    return SAME.get(heading, heading)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data set recognised by its headings and, where several have the same headings, by a value that only it has."""

    id: str
    filters: tuple[str, ...] = ()
    indicators: tuple[str, ...]
    holds: Mapping[str, str] = field(default_factory=dict)
    "Column → a value that at least one row has in it, in any case."
    formerly: tuple[Mapping[str, str], ...] = ()
    "For each earlier layout: its headings that are not in `SAME` → the current headings."

    @property
    def columns(self) -> frozenset[str]:
        return frozenset({*self.filters, *self.indicators})

    def renaming(self, headings: frozenset[str]) -> dict[str, str] | None:
        """Headings of a release → the headings of this data set; None where they belong to another."""
        own = {same(name): name for name in self.columns}
        for layout in ({}, *self.formerly):
            found = {heading: own.get(same(layout.get(heading, heading)), "") for heading in headings}
            if set(found.values()) == self.columns and len(found) == len(self.columns):
                return found
        return None


_GROUPED = ("cla_group", "characteristic")
_COUNTED = ("number", "percentage")

DATASETS: tuple[Dataset, ...] = (
    Dataset(
        id="cla_number_and_rate",
        filters=("population_type",),
        indicators=("population_estimate", "children_count", "rate_per_10000"),
    ),
    Dataset(id="cla_started", filters=_GROUPED, indicators=_COUNTED, holds={"cla_group": "Taken into care"}),
    Dataset(id="cla_ceased", filters=_GROUPED, indicators=_COUNTED, holds={"cla_group": "Age on ceasing"}),
    Dataset(
        id="adoption_and_sgo",
        filters=_GROUPED,
        indicators=_COUNTED,
        holds={"cla_group": "Special guardianship orders"},
    ),
    Dataset(id="national_uasc", filters=_GROUPED, indicators=_COUNTED, holds={"cla_group": "Placements"}),
    Dataset(
        id="national_adoption_decisions",
        filters=_GROUPED,
        indicators=_COUNTED,
        holds={"cla_group": "Children who were still looked after on 31 March"},
    ),
    Dataset(
        id="cla_new_placements",
        filters=("characteristic", "breakdown"),
        indicators=("children_count", "children_percent"),
        holds={"characteristic": "Location of new placements during the year"},
        formerly=({"cla_group": "characteristic", "characteristic": "breakdown"},),
    ),
    Dataset(
        id="cla_placement_stability",
        filters=("cla_group", "placement_stability"),
        indicators=("children_count", "children_percent"),
        holds={"placement_stability": "With 3 or more placements during the year"},
        formerly=({"characteristic": "placement_stability"},),
    ),
    Dataset(
        id="cla_missing",
        filters=("cla_group",),
        indicators=("number",),
        holds={"cla_group": "Children missing at 31 March"},
    ),
    Dataset(
        id="cla_net_gain",
        filters=("characteristic",),
        indicators=("number",),
        holds={"characteristic": "Net gain of children by responsible LA"},
    ),
    Dataset(
        id="national_placement_providers",
        filters=("placement_type", "placement_provider"),
        indicators=_COUNTED,
    ),
    Dataset(
        id="national_placement_durations",
        filters=("placement_duration", "placement_group"),
        indicators=_COUNTED,
    ),
    Dataset(
        id="national_placement_changes",
        filters=(*_GROUPED, "reason_for_change"),
        indicators=("number", "percent"),
    ),
    Dataset(id="national_adopters", filters=("cla_group", "measure"), indicators=_COUNTED),
    Dataset(
        id="national_adoption_times",
        filters=("cla_group", "stage_of_adoption_process", "age_start_poc"),
        indicators=("number",),
    ),
    Dataset(id="population_0_17", filters=("age_group",), indicators=("population_estimate",)),
    Dataset(
        id="children_in_need",
        filters=("category",),
        indicators=(
            "anypoint_episodes",
            "anypoint_child",
            "started_episodes",
            "started_child",
            "ended_episodes",
            "ended_child",
            "at31_episodes",
            "awaiting_assessment",
        ),
    ),
    Dataset(
        id="referrals",
        filters=("category",),
        indicators=(
            "referral_count",
            "rereferral_count",
            "rereferral_percent",
            "no_further_action_count",
            "no_further_action_percent",
            "not_in_need_count",
            "not_in_need_percent",
            "referral_child_count",
            "rereferral_child_count",
            "rereferral_child_percent",
        ),
    ),
    Dataset(
        id="workforce",
        indicators=(
            "inpost_fte",
            "inpost_headcount",
            "starters_fte",
            "starters_headcount",
            "leavers_fte",
            "leavers_headcount",
            "turnover_rate_fte",
            "turnover_rate_headcount",
            "agency_fte",
            "agency_headcount",
            "agency_rate_fte",
            "agency_rate_headcount",
            "agency_cover_fte",
            "agency_cover_rate_fte",
            "vacancy_fte",
            "vacancy_rate_fte",
            "vacancy_agency_cover_rate_fte",
            "case_holders_fte",
            "cases",
            "caseload_fte",
            "working_days_lost_fte",
            "absence_rate_fte",
        ),
    ),
)
