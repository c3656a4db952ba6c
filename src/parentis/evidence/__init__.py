"""Evidence: figures and sections assembled into packs and pages that people read, print and analyse further."""

from parentis.evidence.assembly import answers, chapters, measures_named, says_something
from parentis.evidence.benchmark_charts import caterpillar_chart, funnel_chart, series_chart
from parentis.evidence.charts import draw
from parentis.evidence.document import Chapter, Grid, Heading, Paragraphs, Picture, Row, Tiles, provisional
from parentis.evidence.figure_lookup import Cell, FigureLookup
from parentis.evidence.formats import Scale, in_column, in_prose, interval, period_words
from parentis.evidence.formula import formula, interval_words
from parentis.evidence.html import grid_csv, prose
from parentis.evidence.interval_charts import interval_chart, lines_chart
from parentis.evidence.pack import measures_of, render_pack

__all__ = [
    "Cell",
    "Chapter",
    "FigureLookup",
    "Grid",
    "Heading",
    "Paragraphs",
    "Picture",
    "Row",
    "Scale",
    "Tiles",
    "answers",
    "caterpillar_chart",
    "chapters",
    "draw",
    "formula",
    "funnel_chart",
    "grid_csv",
    "in_column",
    "in_prose",
    "interval",
    "interval_chart",
    "interval_words",
    "lines_chart",
    "measures_named",
    "measures_of",
    "period_words",
    "prose",
    "provisional",
    "render_pack",
    "says_something",
    "series_chart",
]
