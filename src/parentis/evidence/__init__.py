"""Evidence: figures and sections assembled into packs and pages that people read, print and analyse further."""

from parentis.evidence.assembly import answers, chapters, measures_named, says_something
from parentis.evidence.benchmark_charts import caterpillar_chart, funnel_chart, series_chart
from parentis.evidence.charts import draw
from parentis.evidence.document import Chapter, Grid, Heading, Paragraphs, Picture, Row, Tiles, provisional
from parentis.evidence.editions import ROLES, Edition, Signature, Typed, typed_numbers, unknown_references
from parentis.evidence.figure_lookup import Cell, FigureLookup
from parentis.evidence.formats import Scale, in_column, in_prose, interval, period_words
from parentis.evidence.formula import formula, interval_words
from parentis.evidence.html import grid_csv, prose
from parentis.evidence.interval_charts import interval_chart, lines_chart
from parentis.evidence.manifest import fingerprint, verify
from parentis.evidence.pack import Material, Rendered, draw_pack, measures_of, pack_files, render_pack
from parentis.evidence.upset_chart import upset_chart

__all__ = [
    "ROLES",
    "Cell",
    "Chapter",
    "Edition",
    "FigureLookup",
    "Grid",
    "Heading",
    "Material",
    "Paragraphs",
    "Picture",
    "Rendered",
    "Row",
    "Scale",
    "Signature",
    "Tiles",
    "Typed",
    "answers",
    "caterpillar_chart",
    "chapters",
    "draw",
    "draw_pack",
    "fingerprint",
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
    "pack_files",
    "period_words",
    "prose",
    "provisional",
    "render_pack",
    "says_something",
    "series_chart",
    "typed_numbers",
    "unknown_references",
    "upset_chart",
    "verify",
]
