"""Cases: operational records with an owning place, a state, clocks, and a history that can be erased and still
verified.

This package contains no specific kind of case. An app declares its kinds in `case_types.CASE_TYPES`, keeps their
special data in its own tables beside `Case`, and uses the pages and writes from here (docs/cases.md).
"""
