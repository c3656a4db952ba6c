"""Declarations for the service's measures that count no people."""

from parentis.figures import NoPeople

WHOLE_SERVICES = NoPeople("money of whole services of an authority, its share, its change, or a count of authorities")
