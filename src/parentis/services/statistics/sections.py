"""Open statistics serve other services' comparisons; they have no section of their own in a pack."""

from parentis.figures import Section

SECTIONS: tuple[Section, ...] = ()
