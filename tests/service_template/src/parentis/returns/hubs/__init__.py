"""Family hubs: what each hub was visited for, year by year."""

from parentis.returns.hubs.visits import VISITS

RETURNS = (VISITS,)

__all__ = ["RETURNS"]
