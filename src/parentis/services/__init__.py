"""Services: pure functions from typed tables to figures. Each announces itself in one `SERVICE` record."""

from parentis.services.service import Command, Ref, Result, Service, measures_of, services

__all__ = ["Command", "Ref", "Result", "Service", "measures_of", "services"]
