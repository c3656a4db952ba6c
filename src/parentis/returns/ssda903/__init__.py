"""The looked-after children return (SSDA903)."""

from parentis.returns.declared import Return
from parentis.returns.ssda903.spec import SPEC
from parentis.returns.ssda903.whole import complete, infer_period
from parentis.returns.ssda903.xml_form import XML_FORM

RETURNS = (
    Return(
        spec=SPEC,
        submitter="authority",
        period_kind="collection-year",
        readers=(XML_FORM,),
        infer_period=infer_period,
        complete=complete,
    ),
)

__all__ = ["RETURNS", "SPEC"]
