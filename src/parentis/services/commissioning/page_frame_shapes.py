"""Columns of every frame that the pages read, including frames without rows."""

from collections.abc import Mapping
from typing import Any, Final

import polars as pl

_TEXT, _REAL, _WHOLE, _DAY, _FLAG = pl.String(), pl.Float64(), pl.Int64(), pl.Date(), pl.Boolean()
_SPAN = {"low": _REAL, "high": _REAL}
_EFFECT = {"estimate": _REAL, "p": _REAL, **_SPAN, "detectable": _REAL, "ways": _WHOLE, "before": _REAL,
           "before_p": _REAL, "verdict": _TEXT, "because": _TEXT, "sentence": _TEXT}  # fmt: skip
_ORDERS = {"volume": _REAL, "mix": _REAL, "price": _REAL}
_MONEY = {"n": _WHOLE, "open": _WHOLE, "asked": _REAL, "agreed": _REAL, "prices": _REAL, "justified": _REAL,
          "asked_pounds": _REAL, "agreed_pounds": _REAL, "above_pounds": _REAL}  # fmt: skip

SHAPES: Final[Mapping[str, Mapping[str, Any]]] = {
    "like_for_like": {"partnership": _TEXT, "n": _WHOLE, "mean": _REAL, "like_for_like": _REAL, **_SPAN,
                      "providers": _WHOLE, "shown": _FLAG, "because": _TEXT},
    "contrasts": {"level": _TEXT, "other": _TEXT, "percent": _REAL, **_SPAN, "dearer": _REAL, "freedom": _WHOLE,
                  "robust_percent": _REAL, "robust_low": _REAL, "robust_high": _REAL, "plain_percent": _REAL,
                  "sentence": _TEXT, "warning": _TEXT, "strength": _TEXT, "robustness": _REAL,
                  "robustness_interval": _REAL, "e_value": _REAL, "e_value_interval": _REAL, "gap": _REAL,
                  "times_need": _REAL, "grade": _TEXT},
    "without_terms": {"level": _TEXT, "other": _TEXT, "term": _TEXT, "title": _TEXT, "percent": _REAL, "flips": _FLAG},
    "terms": {"term": _TEXT, "title": _TEXT, "used": _FLAG, "because": _TEXT},
    "arrangement_prices": {"sourced": _TEXT, "beside": _TEXT, "n": _WHOLE, "percent": _REAL, **_SPAN},
    "index": {"census": _DAY, "method": _TEXT, "index": _REAL, **_SPAN, "real": _REAL, "real_low": _REAL,
              "real_high": _REAL},
    "divergence": {"whole": _REAL, "churn": _REAL, "method": _REAL, "once_items": _REAL, "once_spend": _REAL},
    "index_missing": {"census": _DAY, "authority": _TEXT},
    "spend_change": {"before": _DAY, "after": _DAY, "authorities": _WHOLE, "order": _TEXT, **_ORDERS, "change": _REAL},
    "spend_by_kind": {"before": _DAY, "after": _DAY, "type": _TEXT, **_ORDERS},
    "blocks": {"block": _TEXT, "partnership": _TEXT, "provider": _TEXT, "provider_name": _TEXT, "type": _TEXT,
               "period": _TEXT, "places": _WHOLE, "starts": _DAY, "ends": _DAY, "nights_open": _WHOLE,
               "nights_used": _WHOLE, "price": _REAL, "guarantee": _REAL, "occupancy": _REAL, "paid_nights": _REAL,
               "per_used_week": _REAL, "times_price": _REAL, "void_cost": _REAL, "break_even": _REAL,
               "break_even_low": _REAL, "break_even_high": _REAL, "verdict": _TEXT},
    "funnel": {"period": _TEXT, "partnership": _TEXT, "referrals": _WHOLE, "sent": _WHOLE, "offers": _WHOLE,
               "declines": _WHOLE, "silences": _WHOLE, "withdrawn": _WHOLE, "open": _WHOLE, "accepted": _WHOLE,
               "placed": _WHOLE, "hours_to_offer": _REAL},
    "funnel_times": {"partnership": _TEXT, "exit": _TEXT, "hours": _REAL, "share": _REAL, "error": _REAL, **_SPAN,
                     "at_risk": _WHOLE, "few": _FLAG},
    "funnel_reasons": {"partnership": _TEXT, "reason": _TEXT, "n": _WHOLE, "share": _REAL},
    "funnel_providers": {"provider": _TEXT, "way": _TEXT, "n": _WHOLE, "events": _REAL, "expected": _REAL,
                         "ratio": _REAL, **_SPAN, "above": _REAL},
    "uplift_rows": {"period": _TEXT, "partnership": _TEXT, "provider": _TEXT, "provider_name": _TEXT, "type": _TEXT,
                    "since": _DAY, "before": _REAL, "asked": _REAL, "agreed": _REAL, "weeks": _REAL, "reason": _TEXT,
                    "evidence": _FLAG, "prices": _REAL, "justified": _FLAG, "asked_pounds": _REAL,
                    "agreed_pounds": _REAL, "above_pounds": _REAL},
    "uplifts": {"period": _TEXT, "provider": _TEXT, **_MONEY},
    "uplift_totals": {"period": _TEXT, "providers": _WHOLE, **_MONEY},
    "reach": {"partnership": _TEXT, "share": _TEXT, "n": _WHOLE, "of": _WHOLE, "value": _REAL, **_SPAN},
    "home_doubts": {"doubt": _TEXT, "n": _WHOLE, "of": _WHOLE, "because": _TEXT},
    "concentration": {"footprint": _TEXT, "type": _TEXT, "n": _WHOLE, "sellers": _WHOLE, "hhi": _REAL,
                      "top_five": _REAL, "largest": _REAL},
    "mean_prices": {"census": _DAY, "partnership": _TEXT, "n": _WHOLE, "providers": _WHOLE, "shown": _FLAG,
                    "because": _TEXT, "mean": _REAL, "median": _REAL},
    "effects": {"partnership": _TEXT, "arrangement": _TEXT, "title": _TEXT, "starts": _DAY, **_EFFECT,
                "whole_estimate": _REAL, "whole_low": _REAL, "whole_high": _REAL, "whole_p": _REAL,
                "whole_verdict": _TEXT},
    "effects_by_time": {"arrangement": _TEXT, "joined": _DAY, "period": _DAY, "n": _WHOLE, "effect": _REAL},
    "others_prices": _EFFECT,
    "need_drift": {"partnership": _TEXT, "yearly": _REAL, **_SPAN, "hidden": _REAL, "seen": _FLAG, "children": _WHOLE},
    "savings": {"partnership": _TEXT, "period": _TEXT, "kind": _TEXT, "claims": _WHOLE, "claimed": _REAL,
                "counted": _REAL, "run_cost": _REAL, "net": _REAL},
    "savings_claims": {"period": _TEXT, "saving": _TEXT, "partnership": _TEXT, "arrangement": _TEXT, "what": _TEXT,
                       "kind": _TEXT, "claimed": _REAL, "counterfactual": _TEXT, "evidence": _TEXT, "counted": _FLAG,
                       "because": _TEXT, "also": _TEXT},
    "savings_region": {"period": _TEXT, "kind": _TEXT, "claims": _WHOLE, "claimed": _REAL, "counted": _REAL},
    "scorecard": {"partnership": _TEXT, "aims": _TEXT, "n": _WHOLE, "spend": _REAL, "like_for_like": _REAL, **_SPAN,
                  "dearer": _REAL, "effect": _REAL, "effect_low": _REAL, "effect_high": _REAL, "verdict": _TEXT,
                  "run_cost": _REAL, "net_cashable": _REAL, "avoided": _REAL, "grade": _TEXT},
}  # fmt: skip
"Schemas by the frame's name."
