"""Services: pure functions from typed tables to figures. Each announces itself in one `SERVICE` record."""

from parentis.services.service import Answer, Command, Pack, Ref, Result, Service, measures_of, pack, packs, services

__all__ = ["Answer", "Command", "Pack", "Ref", "Result", "Service", "measures_of", "pack", "packs", "services"]
