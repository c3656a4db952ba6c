"""Figures: the tidy table of every statistic, what its measures mean, and who may see what."""

from parentis.figures.breakdowns import WHOLE, breakdown, parts
from parentis.figures.measures import Catalogue, Measure, Polarity
from parentis.figures.methods import at_rates, in_prices, per_resident, references_said
from parentis.figures.populations import (
    DAYS,
    FEWEST,
    NEAREST,
    WEEKS,
    Audience,
    Counts,
    NoPeople,
    People,
    Population,
    restored,
    stored,
)
from parentis.figures.provenance import Traced, attach, trace
from parentis.figures.reference import with_measures
from parentis.figures.release import Guarded, Viewer, guard, release
from parentis.figures.releases import HIDDEN, STOOD, differencing, with_release
from parentis.figures.schema import (
    COUNTS,
    FIGURE_COLUMNS,
    CountedFigures,
    Figures,
    Provenance,
    ProvenanceInputs,
    counted,
    empty_figures,
)
from parentis.figures.sections import (
    Block,
    Chart,
    ChartKind,
    FigureTable,
    Finding,
    Headline,
    Prose,
    Section,
    Summary,
)
from parentis.figures.withheld import withheld_totals

__all__ = [
    "COUNTS",
    "DAYS",
    "FEWEST",
    "FIGURE_COLUMNS",
    "HIDDEN",
    "NEAREST",
    "STOOD",
    "WEEKS",
    "WHOLE",
    "Audience",
    "Block",
    "Catalogue",
    "Chart",
    "ChartKind",
    "CountedFigures",
    "Counts",
    "FigureTable",
    "Figures",
    "Finding",
    "Guarded",
    "Headline",
    "Measure",
    "NoPeople",
    "People",
    "Polarity",
    "Population",
    "Prose",
    "Provenance",
    "ProvenanceInputs",
    "Section",
    "Summary",
    "Traced",
    "Viewer",
    "at_rates",
    "attach",
    "breakdown",
    "counted",
    "differencing",
    "empty_figures",
    "guard",
    "in_prices",
    "parts",
    "per_resident",
    "references_said",
    "release",
    "restored",
    "stored",
    "trace",
    "with_measures",
    "with_release",
    "withheld_totals",
]
