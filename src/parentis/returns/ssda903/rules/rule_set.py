"""The rule set of the looked-after children return."""

from parentis.returns.rules import RuleSet

RULE_SET = RuleSet("ssda903")
rule = RULE_SET.rule
SOURCE = (
    "Department for Education, validation rules of the looked-after children return, 2022-23 to 2026-27; "
    "rules newer than the published 2024-25 list carry our own message."
)
