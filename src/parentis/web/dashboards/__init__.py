"""Dashboards: figures as pages, each with its tables, files and origins; data quality; comments; packs."""
