"""Workflow: submit, check, accept, build, show, correct."""

from typing import TYPE_CHECKING

from parentis.deferral import deferred

if TYPE_CHECKING:
    from parentis.workflow.checks.files import check_files, write_reports
    from parentis.workflow.checks.forms import convert_files
    from parentis.workflow.checks.lookups import Lookups, lookups
    from parentis.workflow.checks.partitions import check_partitions
    from parentis.workflow.checks.stored_findings import recheck, sealed_findings, unsealed_findings
    from parentis.workflow.decisions.acceptance import accept, reject, sign
    from parentis.workflow.decisions.release import Opening, refuse_request, release_submissions, what_opens
    from parentis.workflow.decisions.reversal import reverse
    from parentis.workflow.hand_in import submit
    from parentis.workflow.identified_returns import identified
    from parentis.workflow.intake.outcome import Outcome
    from parentis.workflow.intake.upload_options import Progress
    from parentis.workflow.maintenance.consistency import doctor
    from parentis.workflow.maintenance.erasure import erase
    from parentis.workflow.maintenance.inconsistencies import Inconsistency, inconsistencies_frame
    from parentis.workflow.maintenance.rebuild import rebuild
    from parentis.workflow.maintenance.repair import repair
    from parentis.workflow.maintenance.retention import erase_what_is_over, kept_too_long, retention_schedule
    from parentis.workflow.practice_region import practice
    from parentis.workflow.processing.preview import preview
    from parentis.workflow.processing.recovery import recover
    from parentis.workflow.references import references, submitted_references
    from parentis.workflow.register_queries import history, problems_of, register, submission, told_of
    from parentis.workflow.results.build import Build, build
    from parentis.workflow.results.changes import Changes, changes, in_words, sealed_changes, unsealed_changes
    from parentis.workflow.results.child_records import ChildRows, behind_figures, child_record
    from parentis.workflow.results.explanations import Explanation, added_up, explain, rows_behind
    from parentis.workflow.results.file_tables import tables_from_files
    from parentis.workflow.results.packs import pack, rendered_pack
    from parentis.workflow.results.queries import (
        Origin,
        catalogue,
        figures,
        frame,
        labelled,
        origin_seen,
        place,
        provenance_of,
        with_submissions,
    )
    from parentis.workflow.results.service_pages import (
        measure_section,
        page,
        periods_shown,
        places_shown,
        reading,
        sections_of,
    )
    from parentis.workflow.results.tables import measures_frame, outcomes_frame, tables
    from parentis.workflow.results.what_if import futures, keep_what_if, kept_what_if, what_if_returns
    from parentis.workflow.safeguards.requests import waiting_requests
    from parentis.workflow.safeguards.two_people import publishes_at_the_command_line, second_person_needed

__all__ = [
    "Build",
    "Changes",
    "ChildRows",
    "Explanation",
    "Inconsistency",
    "Lookups",
    "Opening",
    "Origin",
    "Outcome",
    "Progress",
    "accept",
    "added_up",
    "behind_figures",
    "build",
    "catalogue",
    "changes",
    "check_files",
    "check_partitions",
    "child_record",
    "convert_files",
    "doctor",
    "erase",
    "erase_what_is_over",
    "explain",
    "figures",
    "frame",
    "futures",
    "history",
    "identified",
    "in_words",
    "inconsistencies_frame",
    "keep_what_if",
    "kept_too_long",
    "kept_what_if",
    "labelled",
    "lookups",
    "measure_section",
    "measures_frame",
    "origin_seen",
    "outcomes_frame",
    "pack",
    "page",
    "periods_shown",
    "place",
    "places_shown",
    "practice",
    "preview",
    "problems_of",
    "provenance_of",
    "publishes_at_the_command_line",
    "reading",
    "rebuild",
    "recheck",
    "recover",
    "references",
    "refuse_request",
    "register",
    "reject",
    "release_submissions",
    "rendered_pack",
    "repair",
    "retention_schedule",
    "reverse",
    "rows_behind",
    "sealed_changes",
    "sealed_findings",
    "second_person_needed",
    "sections_of",
    "sign",
    "submission",
    "submit",
    "submitted_references",
    "tables",
    "tables_from_files",
    "told_of",
    "unsealed_changes",
    "unsealed_findings",
    "waiting_requests",
    "what_if_returns",
    "what_opens",
    "with_submissions",
    "write_reports",
]

# Checking a file needs neither archive, lake nor figures, so each name is imported when first used.
__getattr__ = deferred(__name__)
