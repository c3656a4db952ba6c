"""Forecasts: what-if, by a few levers; saved, shared inside the organisation, compared."""

from parentis.web.service import WebService

WEB_SERVICE = WebService(id="forecasts", title="Forecasts", prefix="forecasts/")
