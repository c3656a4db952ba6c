"""Where the postcodes and providers come from, and that checking and submitting use them."""

import os

import pytest

from parentis import workflow
from parentis.archive import Home

CAMDEN = "E09000007"
POSTCODES = "pcd,oseast1m,osnrth1m,laua\nZZ1 1ZZ,530000,180000,E09000007\n"
PROVIDERS = "URN,REG_END,PLACE_CODES,PROVIDER_CODES,LA_CODE_INFERRED,POSTCODE\nSC1,,K2,PR1,202,ZZ1 1ZZ\n"


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A file of postcodes and one of providers; the cache of converted postcodes is the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, text in (("postcodes.csv", POSTCODES), ("providers.csv", PROVIDERS)):
        (tmp_path / name).write_text(text)
    return tmp_path / "postcodes.csv", tmp_path / "providers.csv"


def reasons(checked):
    return set(checked.statuses["reason"].drop_nulls())


WITHOUT = {"no postcode table was given", "no provider register was given"}


@pytest.mark.unit
def test_what_is_given_goes_before_what_the_environment_names(files, monkeypatch):
    postcodes, providers = files
    monkeypatch.setenv("PARENTIS_POSTCODES", str(postcodes))
    monkeypatch.setenv("PARENTIS_PROVIDERS", os.pathsep.join([str(providers), "other.csv"]))
    named = workflow.lookups()
    assert (named.postcodes, [path.name for path in named.providers]) == (postcodes, ["providers.csv", "other.csv"])
    given = workflow.lookups(providers, [postcodes])
    assert (given.postcodes, given.providers) == (providers, (postcodes,))


@pytest.mark.integration
def test_checking_files_looks_things_up(files, children):
    paths = children()
    (bare,) = workflow.check_files(paths, authority=CAMDEN)
    (full,) = workflow.check_files(paths, authority=CAMDEN, lookups=workflow.lookups(files[0], [files[1]]))
    assert reasons(bare) >= WITHOUT
    assert not reasons(full) & WITHOUT


@pytest.mark.integration
def test_submitting_looks_things_up_where_the_environment_names_them(files, home: Home, children, monkeypatch):
    monkeypatch.setenv("PARENTIS_POSTCODES", str(files[0]))
    monkeypatch.setenv("PARENTIS_PROVIDERS", str(files[1]))
    (outcome,) = workflow.submit(home, children(), who="ann", authority=CAMDEN, period="2023-24")
    assert not reasons(outcome.checked) & WITHOUT
