"""The rules engine: what a rule is, a book of them, and running a book over prepared tables in one plan.

It knows no return. A return prepares its tables (`Prepared`), writes its rules in a `Book`, and calls `run`.
"""

from parentis.returns.rules.book import Book, Marks, Need, Rule
from parentis.returns.rules.run import Prepared, Selection, attach, run

__all__ = ["Book", "Marks", "Need", "Prepared", "Rule", "Selection", "attach", "run"]
