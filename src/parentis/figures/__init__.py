"""Figures: the one tidy table, what its measures mean, and what may be shown to whom."""

from parentis.figures.breakdowns import WHOLE, breakdown, parts
from parentis.figures.disclosure import hidden_cells, withheld_totals
from parentis.figures.measures import CHILDREN, MONEY, Audience, Catalogue, Disclosure, Measure, Polarity
from parentis.figures.methods import in_prices, per_resident, references_said
from parentis.figures.provenance import Traced, attach, trace
from parentis.figures.reference import with_measures
from parentis.figures.release import Viewer, differencing, release
from parentis.figures.schema import FIGURE_COLUMNS, Figures, Provenance, ProvenanceInputs, empty_figures
from parentis.figures.sections import (
    Block,
    Chart,
    ChartKind,
    FigureTable,
    Headline,
    Prose,
    Section,
)

__all__ = [
    "CHILDREN",
    "FIGURE_COLUMNS",
    "MONEY",
    "WHOLE",
    "Audience",
    "Block",
    "Catalogue",
    "Chart",
    "ChartKind",
    "Disclosure",
    "FigureTable",
    "Figures",
    "Headline",
    "Measure",
    "Polarity",
    "Prose",
    "Provenance",
    "ProvenanceInputs",
    "Section",
    "Traced",
    "Viewer",
    "attach",
    "breakdown",
    "differencing",
    "empty_figures",
    "hidden_cells",
    "in_prices",
    "parts",
    "per_resident",
    "references_said",
    "release",
    "trace",
    "with_measures",
    "withheld_totals",
]
