"""The practice region: a synthetic London, calibrated to published figures and labelled synthetic throughout."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from parentis.practice.synthetic_region import SEED, Written, manifest, region, survey_truth, write

__all__ = ["SEED", "Written", "manifest", "region", "survey_truth", "write"]


def __getattr__(name: str) -> Any:
    # Names are imported on first use: the command line imports this package at its start, and must not load Polars.
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.synthetic_region"), name)
    globals()[name] = value
    return value
