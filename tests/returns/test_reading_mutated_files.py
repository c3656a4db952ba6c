"""Whatever is submitted, there is an answer: no exception but a sentence, and no row goes without a word."""

from random import Random

import pytest
from file_mutations import judged, mutated
from hypothesis import given, settings
from hypothesis import strategies as st

LONG = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,region_name,old_la_code,"
    "la_name,new_la_code"
)
CAMDEN = "Reporting year,Local authority,E92000001,England,E12000007,London,202,Camden,E09000007"
FILES = (
    ("data.csv", f"{LONG},measure,number,rate\n2024,{CAMDEN},A,5,12%\n2024,{CAMDEN},B,c,8%\n2023,{CAMDEN},A,7,9%\n"),
    ("plans.csv", f"{LONG},breakdown_topic,breakdown,ehcplans,special_total\n202425,{CAMDEN},All,All,1200,30\n"),
    ("sfr_2017.csv", "New_geog_code,geog_l,geog_c,geog_n,CLA_Mar2017\nE09000007,LA,202,Camden,20\n,LA,302,Barnet,x\n"),
    ("base.csv", "Short Desc,Years,LA and Regions,Values,LA Number\nTea,2024,Camden,5,202\nTea,2023,Camden,-,202\n"),
    (
        "ra.csv",
        "Revenue Account Budget (RA) 2021-22\nNet current expenditure (£ thousand)\n"
        "E-code,ONS Code,Local authority,Class,TOTAL CHILDREN'S SOCIAL CARE\nE5011,E09000007,Camden,L,5\n"
        "ENG,E92000001,ENGLAND,,9\n",
    ),
    (
        "s251_1314.csv",
        "LA,LA Name,LineNumber,CYPServiceDescription,TotalExpenditure,Income,Voluntary\n202,Camden,1,Care,5,2,0\n",
    ),
    (
        "episodes.csv",
        "CHILD,DECOM,RNE,LS,PLACE,DEC,HOME_POST\nEX1,05/05/2020,S,C1,U4,01/09/2020,ZZ1 1ZZ\nEX2,,S,C1,U4,,\n",
    ),
    (
        "census.csv",
        "Placing Authority,Identifier,Age,How the placement was sourced,Placement start date,Type of provision,"
        "Total weekly cost\nCamden,A,12,Spot,02/05/2024,Fostering,845.2\n",
    ),
)
CORPUS = [(name, text.encode()) for name, text in FILES]


@pytest.mark.unit
@pytest.mark.parametrize(("name", "raw"), CORPUS, ids=[name for name, _ in CORPUS])
def test_the_files_that_are_mutated_are_read_as_they_stand(name: str, raw: bytes) -> None:
    verdict = judged(name, raw)
    assert (verdict.readings, verdict.failed, verdict.wrong) == (1, (), ())


@pytest.mark.generative
@settings(max_examples=250, derandomize=True)
@given(st.integers(0, len(CORPUS) - 1), st.integers(0, 2**32 - 1))
def test_a_mutated_file_is_read_or_refused_with_a_sentence(which: int, seed: int) -> None:
    verdict = judged(*mutated(*CORPUS[which], Random(seed), CORPUS))
    assert verdict.wrong == ()
    assert verdict.failed == ()
