"""The provider register and the postcodes: lists, Ofsted's own files, and what is not there."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parentis import workflow
from parentis.errors import UnreadableFileError
from parentis.returns import Checked
from parentis.returns.ssda903 import read_postcodes, read_providers
from parentis.workflow import Lookups

LIST = """URN,REG_END,PLACE_CODES,PROVIDER_CODES,LA_CODE_INFERRED,POSTCODE
SC1,2025-06-30,"K1,K2",PR1,202,AB1 1AA
SC2,,K2,PR4,,
"""
OFSTED = """Children's social care data in England 2099,,,,,,
This worksheet contains one table,,,,,,
Web link,URN,Provision type,Sector,Postcode,Local authority,Places
page,1000001,Children's home,Private,REDACTED,Camden,4
page,SC000002,Independent Fostering Agency,Local Authority,ZZ1 1ZZ,Kingston upon Thames,
page,1000003,Something New,Cooperative,ZZ1 1ZZ,Nowhere,1
"""
POSTCODES = """pcd,oseast1m,osnrth1m,laua
ZZ1 1ZZ,530000,180000,E09000007
ZZ2  2ZZ,430000,280000,E07000008
ZZ3 3ZZ,,,W06000015
ZZ4 4ZZ,1,2,
"""


@pytest.mark.unit
def test_a_list_of_numbers(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST)
    register = read_providers([tmp_path / "list.csv"])
    assert register["URN"].to_list() == ["SC1", "SC2"]
    assert register["REG_END"].cast(pl.String).to_list() == ["2025-06-30", None]
    assert register["PLACE_CODES"].to_list() == ["K1,K2", "K2"]


@pytest.mark.unit
def test_ofsteds_own_file_with_headings_below_its_notes(tmp_path: Path) -> None:
    (tmp_path / "ofsted.csv").write_text(OFSTED)
    register = read_providers([tmp_path / "ofsted.csv"])
    assert register.select("URN", "PLACE_CODES", "PROVIDER_CODES", "LA_CODE_INFERRED").rows() == [
        ("1000001", "K2", "PR4", "202"),
        ("SC000002", "A3,A4,A5,A6,U1,U2,U3,U4,U5,U6", "PR1,PR2", "314"),
        ("1000003", None, None, None),
    ]
    assert "REG_END" not in register.columns


@pytest.mark.integration
@pytest.mark.real
@pytest.mark.parametrize(("year", "homes"), [(2018, 2038), (2024, 3144), (2025, 3938)])
def test_ofsteds_published_files(shared_data: Path, year: int, homes: int) -> None:
    register = read_providers([shared_data / "ofsted" / f"provider_at_march_{year}.csv"])
    assert register.filter(pl.col("PLACE_CODES") == "K2").height >= homes
    assert register["LA_CODE_INFERRED"].null_count() < register.height * 0.01


SENT_TO_COUNCILS = """Local authority,URN,Provider type,Sector,Registration date,Deregistration date,Placement code,\
Setting address postcode,Owner postcode,Placement provider code
Camden,2600001,Children's Home,Private,05/05/2021,,K2,ZZ1 1ZZ,ZZ9 9ZZ,PR4
Camden,2600002,Children's Home,Private,05/05/2019,30/06/2023,K2,ZZ1 1ZY,ZZ9 9ZZ,PR4
Camden,2600003,Independent Fostering Agency,Private,05/05/2019,,"U1; U2 /U3",ZZ1 1ZX,ZZ9 9ZZ,PR4
"""


@pytest.mark.unit
def test_the_list_that_councils_are_sent_for_the_return(tmp_path: Path) -> None:
    (tmp_path / "scp_ch.csv").write_text(SENT_TO_COUNCILS)
    register = read_providers([tmp_path / "scp_ch.csv"])
    asked = register.select("URN", "REG_END", "PLACE_CODES", "PROVIDER_CODES", "LA_CODE_INFERRED", "POSTCODE")
    assert asked.rows() == [
        ("2600001", None, "K2", "PR4", "202", "ZZ1 1ZZ"),
        ("2600002", date(2023, 6, 30), "K2", "PR4", "202", "ZZ1 1ZY"),
        ("2600003", None, "U1,U2,U3", "PR4", "202", "ZZ1 1ZX"),
    ]


HEADINGS = "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN\n"
EPISODES = HEADINGS + "".join(
    f"{child},01/05/2024,S,C2,N1,K2,{provider},,,,ZZ9 9ZZ,{postcode},{urn}\n"
    for child, provider, postcode, urn in (
        ("H1", "PR4", "ZZ8 8ZZ", "2600001"),  # elsewhere
        ("H2", "PR4", "ZZ1 1ZY", "2600002"),  # closed before
        ("H3", "PR4", "ZZ1 1ZX", "2600003"),  # a fostering agency
        ("H4", "PR2", "ZZ1 1ZZ", "2600001"),  # another kind of provider
        ("H5", "PR4", "ZZ1 1ZZ", "2699999"),  # unknown
    )
)
ASKED = ("219", "221", "224", "227", "228", "1008")


def _checked(tmp_path: Path, providers: str) -> Checked:
    (tmp_path / "providers.csv").write_text(providers)
    (tmp_path / "episodes.csv").write_text(EPISODES)
    lookups = Lookups(providers=(tmp_path / "providers.csv",))
    (checked,) = workflow.check_files([tmp_path / "episodes.csv"], period="2024-25", lookups=lookups, rules=ASKED)
    return checked


@pytest.mark.integration
def test_each_rule_reads_the_column_it_needs(tmp_path: Path) -> None:
    checked = _checked(tmp_path, SENT_TO_COUNCILS)
    assert set(checked.statuses["status"]) == {"run"}
    assert set(checked.findings.select("rule", "child").rows()) == {
        ("219", "H3"), ("219", "H5"), ("221", "H1"), ("221", "H5"), ("224", "H4"), ("224", "H5"), ("227", "H2"),
        ("228", "H2"), ("1008", "H5"),
    }  # fmt: skip


@pytest.mark.integration
def test_a_list_serves_as_far_as_it_can_and_what_it_lacks_is_named(tmp_path: Path) -> None:
    listed = "URN,PROVIDER_CODES,REG_END\n2600001,PR4,31/01/2024\n2600002,PR4,\n"
    checked = _checked(tmp_path, listed)
    idle = dict(checked.statuses.filter(pl.col("status") == "not run").select("rule", "reason").iter_rows())
    assert idle == {
        "219": "the list of providers has no column PLACE_CODES (Placement code)",
        "221": "the list of providers has no column POSTCODE (Setting address postcode)",
    }
    assert {("227", "H1"), ("227", "H4")} <= set(checked.findings.select("rule", "child").rows())


@pytest.mark.unit
def test_no_register_says_what_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("A,B\n1,2\n")
    with pytest.raises(UnreadableFileError, match="URN"):
        read_providers([tmp_path / "other.csv"])


@pytest.mark.unit
def test_postcodes_are_kept_sorted_and_read_again(tmp_path: Path) -> None:
    source = tmp_path / "onspd.csv"
    source.write_text(POSTCODES)
    cache = tmp_path / "cache"
    first = read_postcodes(source, cache).collect()
    assert first.rows() == [
        ("ZZ11ZZ", 530000, 180000, "202"),
        ("ZZ22ZZ", 430000, 280000, "873"),
        ("ZZ33ZZ", None, None, "WAL"),
        ("ZZ44ZZ", 1, 2, None),
    ]
    (kept,) = cache.glob("*.parquet")
    stamp = kept.stat().st_mtime_ns
    assert read_postcodes(source, cache).collect().equals(first)
    assert kept.stat().st_mtime_ns == stamp


@pytest.mark.unit
def test_postcodes_without_a_column_say_which(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("pcd,laua\nZZ1 1ZZ,E09000007\n")
    with pytest.raises(UnreadableFileError, match="east, north"):
        read_postcodes(tmp_path / "bad.csv", tmp_path / "cache")
    with pytest.raises(UnreadableFileError, match="postcodes"):
        read_postcodes(tmp_path / "nothing", tmp_path / "cache")


@pytest.mark.unit
def test_the_packages_own_files_read_as_the_directory_does(tmp_path: Path) -> None:
    """Two letters' files of the extra `postcodes`, made by hand: Brotli around MessagePack around columns."""
    brotli, msgpack = pytest.importorskip("brotli"), pytest.importorskip("msgpack")
    rows = {
        "Y": {"pcd": ["YY1 1YY"], "laua": ["S12000033"], "oseast1m": [394251], "osnrth1m": [806376]},
        "Z": {"pcd": ["ZZ1 1ZZ", "ZZ2  2ZZ"], "laua": ["E09000007", None], "oseast1m": [530000, None],
              "osnrth1m": [180000, None]},
    }  # fmt: skip
    folder = tmp_path / "package"
    folder.mkdir()
    for letter, data in rows.items():
        packed = msgpack.packb({"columns": list(data), "data": data})
        (folder / f"postcodes_{letter}.msgpack.br").write_bytes(brotli.compress(packed))
    assert read_postcodes(folder, tmp_path / "cache").collect().rows() == [
        ("YY11YY", 394251, 806376, "SCO"),
        ("ZZ11ZZ", 530000, 180000, "202"),
        ("ZZ22ZZ", None, None, None),
    ]


@pytest.mark.spec
@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("E08000016", "370"),  # Barnsley, before April 2025
        ("E08000020", "390"),  # Gateshead, before 2013
        ("E10000027", "933"),  # Somerset, as a county
        ("E07000190", "933"),  # and a district of it that ended in 2019
        ("E07000026", "942"),  # Allerdale, in Cumberland today
        ("E07000030", "943"),  # Eden, in Westmorland and Furness
        ("E07000004", "825"),  # Aylesbury Vale
        ("E07000150", "940"),  # Corby
        ("E07000151", "941"),  # Daventry
        ("E07000052", "838"),  # West Dorset
        ("E07000048", "839"),  # Christchurch
        ("E06000028", "839"),  # Bournemouth
        ("E07000209", "936"),  # Guildford, still in Surrey
        ("E07000100", "919"),  # St Albans, before 2013
        ("W06000015", "WAL"),
        ("E99999999", None),
    ],
)
def test_a_directory_of_before_a_change_leads_to_the_authority_of_today(
    tmp_path: Path, code: str, number: str | None
) -> None:
    path = tmp_path / "onspd.csv"
    path.write_text(f"pcds,oseast1m,osnrth1m,lad24cd\nAB1 2CD,434000,406000,{code}\n")
    found = read_postcodes(path, tmp_path / "cache").collect()
    assert found.select("postcode", "authority").rows() == [("AB12CD", number)]
