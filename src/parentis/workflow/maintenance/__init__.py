"""Maintenance: consistency checks of everything stored, repair, rebuilding, erasure and retention."""
