"""Registers: the pages, forms, list, workbook, importer, meeting packs and practice data of a kind of case with
declared fields. In the app's urls, `views.urls(KIND)`; in its `access`, `routing.register_routes(…)`."""
