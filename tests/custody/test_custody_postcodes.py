"""Which authority a postcode is in, by the real list."""

from pathlib import Path

import pytest

from parentis.returns.ssda903 import read_postcodes
from parentis.services.custody import postcode_lookup
from parentis.services.custody.residence import in_region, named_in


@pytest.mark.integration
@pytest.mark.real
def test_real_postcodes(shared_data: Path, tmp_path: Path) -> None:
    lookup = postcode_lookup(read_postcodes(shared_data / "geography" / "postcodes", tmp_path))
    known = {"SW1A 1AA": "E09000033", "ec4m8ad": "E09000001", "NW1 2BD": "E09000007", "CR0 1EA": "E09000008"}
    assert {postcode: lookup(postcode) for postcode in known} == known
    # A large user's postcode lies where its post is sorted: Guildhall's, which is in the City, in Islington.
    assert lookup("EC2P 2EJ") == "E09000019"
    assert lookup("CF10 1EP") == "WAL"
    assert lookup("QX1 1CI") is None
    assert lookup("ZZ99 9ZZ") is None
    assert lookup("") is None


@pytest.mark.spec
def test_regions_and_names() -> None:
    assert in_region("E09000001", "E09000033")
    assert not in_region("E10000016", "E09000033")
    assert not in_region("WAL", "E09000033")
    assert named_in("Flat 2, 1 Camden Road, London Borough of Barnet") == {"E09000003"}
    assert named_in("1 Camden Road, N7") == set()
    assert named_in("1 High Street, Cardiff, Wales") == {"WAL"}
