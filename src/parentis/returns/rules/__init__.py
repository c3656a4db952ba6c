"""The rules engine: what a rule is, a book of them, and running a book over prepared tables in one plan.

It knows no return. A return prepares its tables (`Prepared`), writes its rules in a `Book`, and calls `run`.
"""

from parentis.returns.rules.rule_set import Marks, Need, Rule, RuleSet
from parentis.returns.rules.run import Prepared, Selection, attach, run

__all__ = ["Marks", "Need", "Prepared", "Rule", "RuleSet", "Selection", "attach", "run"]
