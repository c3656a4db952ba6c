"""Cases: operational records with an owning place, a state, clocks, and a history that can forget and still be proved.

The kernel knows no kind of case. An app declares its kinds in `case_types.CASE_TYPES`, keeps what is special to them in
tables of its own beside `Case`, and takes pages and writes from here (docs/cases.md).
"""
