"""Forecasts: what-if scenarios from a few levers, which can be saved, shared in the organisation, and compared."""

from parentis.web.service import WebService

WEB_SERVICE = WebService(id="forecasts", title="Forecasts", prefix="forecasts/")
