"""Frames as a build leaves them for the pages of commissioning, small and by hand: a Camden reader is in NLCEP."""

from datetime import date
from typing import Any

import polars as pl

from parentis.services.commissioning.page_frame_shapes import SHAPES

JOINED = pl.DataFrame(
    {
        "partnership": ["NLCEP", "SLCP", "WLA"],
        "authority": ["E09000007", "E09000008", "E09000009"],
        "joined": [date(2016, 1, 1)] * 3,
        "left": [None, None, None],
    },
    schema_overrides={"left": pl.Date},
)
_PROVIDERS = ("Acme Care Ltd", "Best Care Ltd", "Core Care Ltd", "Dear Care Ltd")
_EFFECT = {"p": 0.01, "detectable": 4.0, "ways": 999, "because": "", "arrangement": "A", "title": "t"}

ROWS: dict[str, list[dict[str, Any]]] = {
    "like_for_like": [
        {"partnership": "NLCEP", "n": 900, "mean": 2700.0, "like_for_like": 2210.0, "low": 2170.0, "high": 2250.0,
         "providers": 30, "shown": True},
        {"partnership": "WLA", "n": 1200, "mean": 2450.0, "like_for_like": 2400.0, "low": 2360.0, "high": 2440.0,
         "providers": 40, "shown": True},
        {"partnership": "SLCP", "n": 4, "mean": 9999.0, "like_for_like": 9998.0, "low": 9990.0, "high": 9999.5,
         "providers": 2, "shown": False, "because": "fewer than 6 children"},
    ],
    "contrasts": [
        {"level": "NLCEP", "other": "WLA", "percent": -7.7, "low": -9.0, "high": -6.4, "dearer": 0.0,
         "plain_percent": 10.2, "robust_percent": -7.5, "robust_low": -9.9, "robust_high": -5.0,
         "sentence": "NLCEP pays 7.7 % less than WLA for the same child.", "warning": "Without need the answer turns.",
         "strength": "explain 4 % of prices"},
        {"level": "SLCP", "other": "WLA", "percent": 77.0, "low": 1.0, "high": 99.0, "dearer": 1.0,
         "sentence": "SLCP pays 77 % more.", "warning": None},
    ],
    "without_terms": [{"level": "NLCEP", "other": "WLA", "term": "need", "title": "children's needs", "percent": 3.0,
                       "flips": True}],
    "terms": [{"term": "need", "title": "children's needs", "used": True}],
    "index": [
        {"census": date(2024, 3, 31), "method": "geks", "index": 1.0, "low": 1.0, "high": 1.0, "real": 1.0},
        {"census": date(2025, 3, 31), "method": "geks", "index": 1.197, "low": 1.18, "high": 1.21, "real": 1.1},
        {"census": date(2025, 3, 31), "method": "fisher", "index": 1.19, "low": 1.17, "high": 1.21, "real": 1.1},
    ],
    "index_missing": [{"census": date(2024, 3, 31), "authority": "E09000027"}],
    "arrangement_prices": [
        {"sourced": "Direct Award / Off Framework", "beside": "Framework", "n": 400, "percent": 17.4, "low": 15.0,
         "high": 19.0},
    ],
    "blocks": [
        {"block": f"{code}-{n}", "partnership": code, "provider": name, "provider_name": name, "period": "2024-25",
         "places": 10, "nights_open": 3650, "nights_used": 2409, "price": 4537.0, "occupancy": 0.66,
         "per_used_week": 6874.0, "times_price": 1.52, "break_even": 0.9, "verdict": "dearer"}
        for code, names in (("NLCEP", _PROVIDERS[:1]), ("SLCP", _PROVIDERS[1:2]), ("WLA", _PROVIDERS)) for n, name in
        enumerate(names)
    ],
    "funnel": [{"period": "2024-25", "partnership": "NLCEP", "referrals": 90, "sent": 400, "offers": 90,
                "declines": 170, "silences": 120, "withdrawn": 20, "open": 0, "accepted": 60, "placed": 55}],
    "funnel_times": [{"partnership": "", "exit": exit_, "hours": float(hours), "share": share, "low": share - 0.02,
                      "high": share + 0.02, "at_risk": 300}
                     for exit_, share in (("offer", 0.2), ("silence", 0.1)) for hours in (24, 72)],
    "funnel_reasons": [{"partnership": "NLCEP", "reason": "FULL", "n": 70, "share": 0.41}],
    "funnel_providers": [{"provider": "Slow Care", "way": "silence", "n": 30, "ratio": 2.1, "low": 1.5, "high": 2.8,
                          "above": 0.99},
                         {"provider": "Usual Care", "way": "silence", "n": 30, "ratio": 1.0, "low": 0.8, "high": 1.2,
                          "above": 0.5}],
    "uplift_rows": [
        {"period": "2024-25", "partnership": code, "provider": name, "provider_name": name, "type": "t",
         "before": 4500.0, "asked": 8.0, "agreed": 4.0, "weeks": weeks, "evidence": True, "prices": 2.5,
         "justified": False}
        for code, names, weeks in (("NLCEP", _PROVIDERS[:2], 50.0), ("SLCP", _PROVIDERS[1:4], 60.0))
        for name in names
    ] + [
        {"period": "2024-25", "partnership": "WLA", "provider": name, "provider_name": name, "type": "t",
         "before": 4500.0, "asked": 8.0, "agreed": 4.0, "weeks": weeks, "evidence": True}
        for name, weeks in zip(_PROVIDERS, (900.0, 40.0, 40.0, 40.0), strict=True)
    ],
    "reach": [
        {"partnership": "NLCEP", "share": "near", "n": 500, "of": 900, "value": 0.56, "low": 0.52, "high": 0.59},
        {"partnership": "WLA", "share": "unregistered", "n": 2, "of": 1200, "value": 0.002, "low": 0.0, "high": 0.01},
    ],
    "concentration": [{"footprint": "london", "type": "Residential - Mainstream", "n": 700, "sellers": 60, "hhi": 320.0,
                       "top_five": 0.31, "largest": 0.09}],
    "effects": [
        {"partnership": "SLCP", "estimate": -8.8, "low": -12.0, "high": -5.5, "verdict": "found",
         "sentence": "Prices fell by 8.8 % where SLCP began.", **_EFFECT},
        {"partnership": "NEL", "estimate": 0.4, "low": -3.0, "high": 3.9, "verdict": "none",
         "sentence": "No effect of NEL that matters.", **_EFFECT},
    ],
    "savings": [
        {"partnership": "NLCEP", "period": "2024-25", "kind": "CASHABLE", "claims": 2, "claimed": 440000.0,
         "counted": 240000.0, "run_cost": 160000.0, "net": 80000.0},
        {"partnership": "NLCEP", "period": "2024-25", "kind": "AVOIDED", "claims": 1, "claimed": 144000.0,
         "counted": 144000.0, "run_cost": 160000.0},
    ],
    "scorecard": [
        {"partnership": "NLCEP", "aims": "Block places", "n": 900, "spend": 1000000.0, "like_for_like": -6.2,
         "low": -6.6, "high": -5.8, "effect": None, "verdict": "cannot tell", "run_cost": 160000.0,
         "net_cashable": 80000.0, "avoided": 144000.0, "grade": "C"},
        {"partnership": "none", "n": 90},
    ],
}  # fmt: skip


def made(name: str) -> pl.DataFrame | None:
    """The frame of this name, with no rows where none are given above; None for what no build leaves."""
    if name == "why_not":
        return pl.DataFrame(schema={"frame": pl.String, "because": pl.String})
    if name not in SHAPES:
        return None
    return pl.DataFrame(ROWS.get(name, []), schema=dict(SHAPES[name]))
