"""Dashboards: pages of figures with tables, files and provenance; data quality; comments; packs."""
