"""Workflow: the hand that carries things from room to room. Submit, accept, build, show, put right."""

from parentis.workflow.accepting import accept, reject
from parentis.workflow.building import Build, build
from parentis.workflow.doctoring import Ailment, doctor
from parentis.workflow.intent import Progress
from parentis.workflow.outcome import Outcome
from parentis.workflow.recovering import erase, rebuild, recover
from parentis.workflow.registered import register
from parentis.workflow.showing import Origin, catalogue, figures, labelled, place, provenance_of, with_submissions
from parentis.workflow.submitting import submit

__all__ = [
    "Ailment",
    "Build",
    "Origin",
    "Outcome",
    "Progress",
    "accept",
    "build",
    "catalogue",
    "doctor",
    "erase",
    "figures",
    "labelled",
    "place",
    "provenance_of",
    "rebuild",
    "recover",
    "register",
    "reject",
    "submit",
    "with_submissions",
]
