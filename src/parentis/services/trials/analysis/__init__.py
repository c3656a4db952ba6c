"""Estimators of trials, and the analysis that runs them from a frozen plan alone."""
