"""Workflow: the hand that carries things from room to room. Submit, accept, build, show, put right."""

from parentis.workflow.accepting import accept, reject
from parentis.workflow.building import Build, build
from parentis.workflow.doctoring import Ailment, doctor
from parentis.workflow.intent import Progress
from parentis.workflow.outcome import Outcome
from parentis.workflow.packing import pack
from parentis.workflow.recovering import erase, rebuild, recover
from parentis.workflow.registered import register
from parentis.workflow.showing import Origin, catalogue, figures, labelled, place, provenance_of, with_submissions
from parentis.workflow.submitting import submit
from parentis.workflow.tabling import ailments_frame, measures_frame, outcomes_frame, tables

__all__ = [
    "Ailment",
    "Build",
    "Origin",
    "Outcome",
    "Progress",
    "accept",
    "ailments_frame",
    "build",
    "catalogue",
    "doctor",
    "erase",
    "figures",
    "labelled",
    "measures_frame",
    "outcomes_frame",
    "pack",
    "place",
    "provenance_of",
    "rebuild",
    "recover",
    "register",
    "reject",
    "submit",
    "tables",
    "with_submissions",
]
