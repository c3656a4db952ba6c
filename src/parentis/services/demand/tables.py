"""The lake tables that the service reads."""

EPISODES, HEADER, UASC = "ssda903/Episodes", "ssda903/Header", "ssda903/UASC"
NEEDS: tuple[str, ...] = (EPISODES, HEADER, UASC)

COSTS, HOMES = "placements.costs/placements", "placements.costs/homes"
ACTIVITY, LAIT = "finance.monitoring/activity", "open_statistics.lait/lines"
PRICE_NEEDS: tuple[str, ...] = (COSTS, HOMES, ACTIVITY, LAIT)

HIGH_NEEDS_SPEND = "finance.monitoring/high_needs"
CASELOAD, NEW_PLANS = "high_needs.ehc_plans/caseload", "high_needs.ehc_plans/new_plans"
PLAN_NEEDS: tuple[str, ...] = (CASELOAD, NEW_PLANS)

OUTLOOK_NEEDS: tuple[str, ...] = (*NEEDS, *PRICE_NEEDS, HIGH_NEEDS_SPEND, *PLAN_NEEDS)
"Tables on children, plans and their costs."
