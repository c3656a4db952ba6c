"""From a fitted model to possible futures: scenarios, the simulation of children, and its results."""
