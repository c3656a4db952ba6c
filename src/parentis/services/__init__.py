"""Services: pure functions from typed tables to figures. Each announces itself in one `SERVICE` record."""

from parentis.services.service import Command, Pack, Ref, Result, Service, measures_of, pack, packs, services

__all__ = ["Command", "Pack", "Ref", "Result", "Service", "measures_of", "pack", "packs", "services"]
