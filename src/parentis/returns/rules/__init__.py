"""The rules engine: rules, rule sets, and the run of a rule set over prepared tables in one plan.

It does not depend on any return. A return prepares its tables (`Prepared`), declares its rules in a `RuleSet`, and
calls `run`.
"""

from parentis.returns.rules.rule_set import Marks, Need, Rule, RuleSet
from parentis.returns.rules.run import Prepared, Selection, attach, run

__all__ = ["Marks", "Need", "Prepared", "Rule", "RuleSet", "Selection", "attach", "run"]
