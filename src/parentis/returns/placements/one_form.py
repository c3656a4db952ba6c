"""Placements of all censuses in one form: one name for each column and each answer, whatever the edition."""

from collections.abc import Mapping

import polars as pl

from parentis.returns.placements import code_map
from parentis.returns.placements.price_doubts import doubt
from parentis.returns.recognition import plain

FORM = pl.Schema(
    {
        "authority": pl.String(),  # GSS code of the placing authority
        "census": pl.Date(),
        "load_id": pl.String(),
        "row": pl.UInt32(),  # row in its load, which provenance refers to
        "child": pl.String(),  # keyed hash
        "age": pl.Int64(),
        "start": pl.Date(),
        "type": pl.String(),  # of `code_map.PROVISIONS`
        "family": pl.String(),
        "sourced": pl.String(),  # of `code_map.SOURCINGS`
        "need": pl.Int64(),  # 0 to 3; only in London's edition, like all of `_OF_LONDON`
        "need_rule": pl.String(),
        "solo": pl.Boolean(),  # is in a solo placement
        "solo_required": pl.Boolean(),
        "dols": pl.String(),  # current, previous, no
        "packages": pl.Boolean(),  # the price includes additional packages
        "education": pl.Boolean(),
        "therapy": pl.Boolean(),
        "staffing": pl.Float64(),  # staff to a child by day
        "basis": pl.String(),  # place, child, hour
        "partnership": pl.String(),
        "provider": pl.String(),  # key: company number, else URN, else `name:` and the name in plain letters
        "provider_name": pl.String(),
        "company": pl.String(),
        "provider_urn": pl.String(),
        "home_urn": pl.String(),
        "registration": pl.String(),
        "distance_reason": pl.String(),
        "host": pl.String(),
        "miles": pl.Float64(),
        "block": pl.String(),
        "uplift_on": pl.Date(),
        "weekly_price": pl.Float64(),  # pounds, gross of contributions
        "social_care": pl.Float64(),
        "education_paid": pl.Float64(),
        "health_paid": pl.Float64(),
        "supplement": pl.Boolean(),  # another row of a child with one provider and start: a cost, not a placement
        "doubt": pl.String(),  # code of `price_doubts.DOUBTS`: leave the row out of every price
    }
)

_PLAIN: Mapping[str, str] = {
    "child": "Identifier", "start": "Placement start date", "need": "Need band", "staffing": "Staffing ratio",
    "partnership": "Partnership", "provider_name": "Organisation", "host": "Host Authority", "miles": "Miles from home",
    "block": "Block id", "uplift_on": "Last uplift date", "weekly_price": "Total weekly cost",
    "social_care": "Contribution from Social Care", "education_paid": "Contribution from Education",
    "health_paid": "Contribution from Health",
}  # fmt: skip


def one_form(frame: pl.DataFrame, *, doubts_by: tuple[str, ...] = ("authority", "census")) -> pl.DataFrame:
    """Rows of `FORM` from lake rows of either census, or of both one above the other (`how="diagonal"`).

    Args:
        frame: columns of any edition, with the lake's `authority` and `period` (a day); columns may be absent.
        doubts_by: the columns that identify a census; prices are compared within one census.
    """
    have = _Columns(frame)
    made = frame.lazy().select(
        have.text("authority"),
        census=have.text("period").str.to_date(strict=False),
        load_id=have.text("load_id"),
        row=have.text("row").cast(pl.UInt32, strict=False),
        age=have.number("Age").floor().cast(pl.Int64),
        type=_looked_up(have.text("Type of provision"), code_map.provisions()),
        sourced=_looked_up(have.text("How the placement was sourced"), code_map.sourcings()),
        need_rule=have.text("Need band rule").str.to_lowercase(),
        solo=_answer(have.text("Does this CYP require a solo placement"), _SOLO),
        solo_required=_answer(have.text("Does this CYP require a solo placement"), _SOLO_REQUIRED),
        dols=_answer(have.text("Deprivation of Liberty Safeguards in place"), code_map.LIBERTY),
        packages=_yes(have.text("Does this placement cost include additional packages")),
        education=_yes(have.text("Education included")),
        therapy=_yes(have.text("Therapy included")),
        basis=have.text("Price basis").str.to_lowercase(),
        company=company_number(have.text("Provider Company number")),
        provider_urn=urn(have.text("Provider ID")),
        home_urn=urn(have.text("Establishment registration URN")),
        registration=_answer(
            pl.coalesce(have.text("Primary registration type"), have.text("Registration type")), code_map.REGISTRATIONS
        ),
        distance_reason=pl.coalesce(
            have.text("Placing at Distance Reason"), have.text("Primary Placing at Distance Reason")
        ),
        **{name: have.any(column).cast(FORM[name], strict=False) for name, column in _PLAIN.items()},
    )
    known = made.with_columns(
        family=pl.col("type").replace_strict(code_map.families(), default=None, return_dtype=pl.String),
        provider=pl.coalesce("company", "provider_urn", "name:" + plain_name(pl.col("provider_name"))),
    ).with_columns(supplement=_supplement())
    block = pl.col("sourced").is_in(code_map.BLOCKS)
    doubted = known.with_columns(doubt=doubt(pl.col("weekly_price"), pl.col("family"), block=block, census=doubts_by))
    return doubted.select(pl.col(name).cast(dtype) for name, dtype in FORM.items()).collect()


def plain_name(name: pl.Expr) -> pl.Expr:
    """A provider's name for comparison: lower-case letters and digits, without Ltd, Limited, plc and marks."""
    bare = name.str.to_lowercase().str.replace_all(r"\b(limited|ltd|plc|llp|the)\b", "")
    left = bare.str.replace_all("&", "and").str.replace_all(r"[^0-9a-z]+", "")
    return pl.when(left.str.len_chars() > 0).then(left)


def company_number(column: pl.Expr) -> pl.Expr:
    """A Companies House number of eight characters: leading zeros that a spreadsheet removed are restored."""
    bare = column.str.to_uppercase().str.replace_all(r"\s|\.0$", "")
    return (
        pl.when(bare.str.contains(r"^\d{4,8}$"))
        .then(bare.str.zfill(8))
        .when(bare.str.contains(r"^[A-Z]{2}\d{6}$"))
        .then(bare)
    )


def urn(column: pl.Expr) -> pl.Expr:
    """A registration's number as Ofsted writes it: capitals, no spaces, without the `.0` of spreadsheets."""
    bare = column.str.to_uppercase().str.replace_all(r"\s", "").str.replace(r"\.0$", "")
    return pl.when(bare.str.contains(r"\d")).then(bare)


def _supplement() -> pl.Expr:
    """Whether a row is a supplement: not the dearest of one census's rows for a child, provider and start date."""
    same = ("authority", "census", "child", "provider", "start")
    dearest = pl.col("weekly_price").fill_null(-1).rank("ordinal", descending=True).over(same)
    return pl.col("child").is_not_null() & (dearest > 1)


class _Columns:
    """A frame's columns as expressions; missing columns are null."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self._have = frozenset(frame.columns)

    def any(self, name: str) -> pl.Expr:
        return pl.col(name) if name in self._have else pl.lit(None)

    def text(self, name: str) -> pl.Expr:
        return self.any(name).cast(pl.String).alias(name)

    def number(self, name: str) -> pl.Expr:
        return self.any(name).cast(pl.Float64, strict=False)


_SOLO = {word: is_one for word, (_, is_one) in code_map.SOLO.items()}
_SOLO_REQUIRED = {word: required for word, (required, _) in code_map.SOLO.items()}


def _looked_up(column: pl.Expr, words: Mapping[str, str]) -> pl.Expr:
    return code_map.known(column).replace_strict(words, default=None, return_dtype=pl.String)


def _answer(column: pl.Expr, words: Mapping[str, object]) -> pl.Expr:
    table = {plain(word): answer for word, answer in words.items()}
    kind = pl.Boolean() if all(isinstance(answer, bool) for answer in table.values()) else pl.String()
    bare = column.str.to_lowercase().str.replace_all(r"[^0-9a-z]", "")
    return bare.replace_strict(table, default=None, return_dtype=kind)


def _yes(column: pl.Expr) -> pl.Expr:
    return _answer(column, {"Yes": True, "Y": True, "1": True, "True": True, "No": False, "N": False, "0": False,
                            "False": False})  # fmt: skip
