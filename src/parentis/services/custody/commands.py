"""The service's own commands."""

from collections.abc import Mapping

import polars as pl

from parentis.services.custody.accuracy import measured


def routing_accuracy(tables: Mapping[str, pl.DataFrame], *, seed: int = 903, each: int = 100) -> pl.DataFrame:
    """`case`, `right`, `desk`, `wrong`, `cases`: what becomes of `each` generated cases of every kind. Wrong sends
    must be none; what is not right goes to the desk."""
    return measured(seed=seed, each=each)
