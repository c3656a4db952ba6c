"""The first page of the custody pack. It asks for what the law already asks for."""

from parentis.figures import Finding, Summary

SUMMARY = Summary(
    claim=(
        Finding(
            text="Of {custody.month.kept} children kept after charge, {custody.month.transferred} were moved out of "
            "the cells.",
        ),
        Finding(text="{custody.month.detentions} times a child was held in the month."),
    ),
    number=(
        Finding(
            text="There were {custody.month.detentions} detentions in the month, {custody.month.overnight} of them "
            "overnight.",
        ),
    ),
    cause=(
        Finding(
            text="Accommodation was asked for in {custody.month.requested}; {custody.month.failed} of the requests "
            "that were not for secure accommodation met with none.",
        ),
    ),
    ask=(
        Finding(
            text="That every request that is not for secure accommodation is met, as section 21 of the Children Act "
            "1989 asks.",
            above_zero=("custody.month.kept",),
        ),
    ),
    refusing=(
        Finding(
            text="Children kept after charge stay for {custody.month.after_charge_hours} on average.",
        ),
    ),
)
