"""Forecasts: what-if, by a few levers; saved, shared inside the organisation, compared."""
