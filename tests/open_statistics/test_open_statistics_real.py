"""The published files themselves."""

from pathlib import Path

import pytest

from parentis.returns import check_spec, read, the_return, type_cells, words_of

PARTS = {
    "adoption/la_ceased_sgo_adoption_2024rel.csv": ("adoption_and_sgo", "2024", 13360),
    "adoption/national_adopters.csv": ("national_adopters", "2024", 190),
    "adoption/national_adoption_decisions.csv": ("national_adoption_decisions", "2024", 550),
    "adoption/national_adoption_time_between_stages.csv": ("national_adoption_times", "2025", 315),
    "cla/SFR_CLA_2016.csv": ("cla_sfr", "2016", 7009),
    "cla/SFR_CLA_2017.csv": ("cla_sfr", "2017", 10332),
    "cla/cla_number_and_rate_per_10k_children.csv": ("cla_number_and_rate", "2025", 7515),
    "cla/la_children_who_ceased_during_the_year_2024rel.csv": ("cla_ceased", "2024", 48430),
    "cla/la_cla_during_year_new_placements.csv": ("cla_new_placements", "2025", 31730),
    "cla/la_cla_missing_away_2024rel.csv": ("cla_missing", "2024", 10855),
    "cla/la_cla_placement_stability.csv": ("cla_placement_stability", "2025", 10020),
    "cla/la_cla_who_started_to_be_looked_after_2022or23rel.csv": ("cla_started", "2022", 53760),
    "cla/la_of_placement_netgain_2024rel.csv": ("cla_net_gain", "2024", 2505),
    "cla/national_cla_31_march_provider_type_locality.csv": ("national_placement_providers", "2024", 1440),
    "cla/national_duration_of_placements.csv": ("national_placement_durations", "2024", 990),
    "cla/national_reason_for_placement_change.csv": ("national_placement_changes", "2024", 4810),
    "cla/national_uasc_31_march.csv": ("national_uasc", "2024", 460),
    "ofsted/b1_children_in_need_2013_to_2025.csv": ("children_in_need", "2025", 17056),
    "ofsted/c1_cin_referrals_2013_to_2025.csv": ("referrals", "2025", 21320),
    "ofsted/csww_indicators_2017_to_2025.csv": ("workforce", "2025", 32186),
    "population/ons_mye_0_17_2012_to_2024.csv": ("population_0_17", "2024", 2132),
}


@pytest.mark.integration
@pytest.mark.real
@pytest.mark.parametrize("name", PARTS)
def test_every_published_file_of_the_family_reads_without_a_finding(shared_data: Path, name: str) -> None:
    [reading] = read([shared_data / name])
    spec = the_return(reading.return_id).spec.at(reading.period or "")
    typed = type_cells(reading, spec)
    values = typed.tables["values"]
    assert check_spec(reading, typed, spec).findings.is_empty()
    assert (reading.taken[0].rows, reading.taken[0].kept) == (values["row"].n_unique(),) * 2
    assert (words_of(reading.part), reading.period, values.height) == PARTS[name]
    assert typed.findings.is_empty()
    assert reading.problems == ()
    assert values.filter(values["VALUE"].is_null() == values["MARKER"].is_null()).is_empty()


@pytest.mark.integration
@pytest.mark.real
def test_lait_reads_whole(shared_data: Path) -> None:
    readings = read([shared_data / "finance/LAIT_bds_long_0.parquet", shared_data / "finance/lait_data_dictionary.csv"])
    found = {words_of(one.part): one for one in readings}
    lines, entries = found["base-data"].tables["lines"], found["dictionary"].tables["dictionary"]
    assert lines.height == 641_070
    assert lines["MARKER"].drop_nulls().len() == 93_883
    assert entries.height == 434
    assert set(lines["SHORT_DESC"]) == set(entries["SHORT_DESC"])
    assert [problem.message for problem in found["dictionary"].problems] == [
        "14 measures are described more than once; the first description of each is used"
    ]
