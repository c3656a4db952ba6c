"""Tables of looked-after children returns as the lake holds them, from a few invented rows."""

from datetime import date

import polars as pl


def tables_of(
    episodes: list[tuple], header: list[tuple] | None = None, authority: str = "A"
) -> dict[str, pl.DataFrame]:
    """Tables as the lake holds them, of `(period, child, start, place, provider, end, reason, status)` rows."""
    rows = [
        {
            "authority": authority, "period": period, "load_id": "l", "row": at, "sequence": 1, "CHILD": child,
            "DECOM": start, "RNE": "S", "LS": status, "CIN": "N1", "PLACE": place, "PLACE_PROVIDER": provider,
            "DEC": end, "REC": reason, "REASON_PLACE_CHANGE": None, "PL_POST": None, "URN": None,
            "provisional": False,
        }
        for at, (period, child, start, place, provider, end, reason, status) in enumerate(episodes)
    ]  # fmt: skip
    children = header if header is not None else sorted({(r[0], r[1], date(2010, 1, 1)) for r in episodes})
    told = [
        {"authority": authority, "period": period, "load_id": "l", "row": at, "sequence": 1, "CHILD": child,
         "SEX": "1", "DOB": birth, "ETHNIC": "WBRI"}
        for at, (period, child, birth) in enumerate(children)
    ]  # fmt: skip
    common = {"authority": pl.String, "period": pl.String, "load_id": pl.String, "row": pl.UInt32,
              "sequence": pl.Int64, "CHILD": pl.String}  # fmt: skip
    texts = ("RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "REC", "REASON_PLACE_CHANGE", "PL_POST", "URN")
    schema = common | dict.fromkeys(texts, pl.String) | {"DECOM": pl.Date, "DEC": pl.Date, "provisional": pl.Boolean}
    return {
        "ssda903/Episodes": pl.DataFrame(rows, schema=schema),
        "ssda903/Header": pl.DataFrame(told, schema=common | {"SEX": pl.String, "DOB": pl.Date, "ETHNIC": pl.String}),
        "ssda903/UASC": pl.DataFrame(schema=common | {"DUC": pl.Date}),
    }
