"""Is everything that is stored consistent, and what corrects it if not."""
