"""Workflow: the hand that carries things from room to room. Submit, accept, build, show, put right."""

from parentis.workflow.accepting import accept, reject
from parentis.workflow.building import Build, build
from parentis.workflow.doctoring import Ailment, doctor
from parentis.workflow.file_checking import check_files, write_reports
from parentis.workflow.forecasting import Beside, beside, demand_model, futures, keep_demand_model, kept_demand_model
from parentis.workflow.from_files import tables_from_files
from parentis.workflow.identified import identified
from parentis.workflow.intent import Progress
from parentis.workflow.lookups import Lookups, lookups
from parentis.workflow.outcome import Outcome
from parentis.workflow.packing import pack
from parentis.workflow.paging import measure_section, page, periods_shown, sections_of
from parentis.workflow.partitions import check_partitions
from parentis.workflow.practising import practice
from parentis.workflow.previewing import preview
from parentis.workflow.rechecking import recheck, sealed_findings, unsealed_findings
from parentis.workflow.recovering import erase, rebuild, recover
from parentis.workflow.registered import history, register, submission
from parentis.workflow.releasing import release_submissions
from parentis.workflow.showing import Origin, catalogue, figures, labelled, place, provenance_of, with_submissions
from parentis.workflow.submitting import submit
from parentis.workflow.tabling import ailments_frame, measures_frame, outcomes_frame, tables

__all__ = [
    "Ailment",
    "Beside",
    "Build",
    "Lookups",
    "Origin",
    "Outcome",
    "Progress",
    "accept",
    "ailments_frame",
    "beside",
    "build",
    "catalogue",
    "check_files",
    "check_partitions",
    "demand_model",
    "doctor",
    "erase",
    "figures",
    "futures",
    "history",
    "identified",
    "keep_demand_model",
    "kept_demand_model",
    "labelled",
    "lookups",
    "measure_section",
    "measures_frame",
    "outcomes_frame",
    "pack",
    "page",
    "periods_shown",
    "place",
    "practice",
    "preview",
    "provenance_of",
    "rebuild",
    "recheck",
    "recover",
    "register",
    "reject",
    "release_submissions",
    "sealed_findings",
    "sections_of",
    "submission",
    "submit",
    "tables",
    "tables_from_files",
    "unsealed_findings",
    "with_submissions",
    "write_reports",
]
