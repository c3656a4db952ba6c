"""The looked-after children return (SSDA903)."""

from typing import Any

from parentis.returns.declared import Return
from parentis.returns.findings import Checked
from parentis.returns.ssda903.spec import SPEC
from parentis.returns.ssda903.whole import complete, infer_period
from parentis.returns.ssda903.xml_form import XML_FORM


def _check_together(*tables: Any, **more: Any) -> Checked:
    from parentis.returns.ssda903.rules.check import check  # loaded when something is checked, not before

    return check(*tables, **more)


RETURNS = (
    Return(
        spec=SPEC,
        submitter="authority",
        period_kind="collection-year",
        readers=(XML_FORM,),
        infer_period=infer_period,
        complete=complete,
        check_together=_check_together,
    ),
)

__all__ = ["RETURNS", "SPEC"]
