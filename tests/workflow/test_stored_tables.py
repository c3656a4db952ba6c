"""Every return's tables can be stored: one that cannot breaks each page that asks what figures there are."""

import pytest

from parentis import lake
from parentis.errors import DeclarationError
from parentis.returns import returns
from parentis.returns.spec import Column, Kind, Table


@pytest.mark.unit
def test_every_declared_table_can_be_stored() -> None:
    tables = [table for each in returns().values() for table in each.spec.tables]
    assert len(tables) > 50
    for table in tables:
        assert lake.stored_schema(table)


@pytest.mark.unit
def test_a_column_that_the_lake_keeps_for_itself_is_refused() -> None:
    column = Column(name="AUTHORITY", kind=Kind.TEXT, meaning="Whose row it is.")
    with pytest.raises(DeclarationError, match="authority"):
        lake.stored_schema(Table(name="referrals", meaning="Any.", columns=(column,)))
