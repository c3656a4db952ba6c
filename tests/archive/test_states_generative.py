"""The register's meaning against a plain model: a few dicts that do as the glossary says."""

import copy
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from parentis.archive import EVENTS, state, visible_loads

SIGN = {"monitoring": ("director", "s151"), "ssda903": ()}
KEYS = [("monitoring", "", "A", "2024-25"), ("monitoring", "", "B", "2024-25"), ("ssda903", "", "A", "2024-25")]
IDS = ["s1", "s2", "s3", "s4", "s5"]


class Register(RuleBasedStateMachine):
    """Appends events; beside them keeps who is visible under each key, and remembers that after every event."""

    def __init__(self):
        super().__init__()
        self.rows = []
        self.key = {}
        self.status = {}
        self.signed = {}
        self.load = {}
        self.accepted_at = {}
        self.visible = {}  # key → submission
        self.history = [(dict(self.visible), {}, {})]
        self.loads = 0

    def append(self, event, submission, **more):
        row = dict.fromkeys(EVENTS)
        row |= {
            "sequence": len(self.rows) + 1, "at": datetime.now(UTC), "event": event, "submission_id": submission,
            "who": "ann", "code_version": "0", **more,
        }  # fmt: skip
        self.rows.append(row)
        self.history.append((dict(self.visible), copy.deepcopy(self.signed), dict(self.accepted_at)))

    @rule(submission=st.sampled_from(IDS), key=st.sampled_from(KEYS))
    def receive_and_check(self, submission, key):
        if submission in self.key:
            return
        self.key[submission] = key
        self.status[submission] = "received"
        self.append("received", submission)
        self.status[submission] = "checked"
        named = dict(zip(("return_id", "part", "submitter", "period"), key, strict=True))
        self.append("checked", submission, **named)

    @rule(submission=st.sampled_from(IDS), role=st.sampled_from([None, "director", "s151"]))
    def accept_or_sign(self, submission, role):
        if self.status.get(submission) == "checked":
            self.status[submission] = "accepted"
            self.loads += 1
            self.load[submission] = f"l{self.loads}"
            self.visible[self.key[submission]] = submission
            self.signed[submission] = {role} - {None}
            self.accepted_at[submission] = len(self.rows) + 1
            named = dict(zip(("return_id", "part", "submitter", "period"), self.key[submission], strict=True))
            self.append("accepted", submission, role=role, load_id=self.load[submission], **named)
        elif self.status.get(submission) == "accepted" and role:
            self.signed[submission] = self.signed[submission] | {role}
            self.append("signed", submission, role=role)

    @rule(submission=st.sampled_from(IDS))
    def reject(self, submission):
        if self.status.get(submission) == "checked":
            self.status[submission] = "rejected"
            self.append("rejected", submission, why="late")

    @rule(submission=st.sampled_from(IDS))
    def erase(self, submission):
        if self.status.get(submission) in ("checked", "accepted", "rejected"):
            self.status[submission] = "erased"
            key = self.key[submission]
            if self.visible.get(key) == submission:
                del self.visible[key]
            self.append("erased", submission, why="retention ended")

    @rule(submission=st.sampled_from(IDS))
    def reload(self, submission):
        if self.status.get(submission) == "accepted":
            self.loads += 1
            self.load[submission] = f"l{self.loads}"
            self.append("reloaded", submission, load_id=self.load[submission])

    @invariant()
    def every_view_agrees(self):
        events = pl.DataFrame(self.rows, schema=EVENTS)
        for as_of in {None, 0, len(self.rows) // 2, max(len(self.rows) - 1, 0)}:
            visible, signed, accepted_at = self.history[len(self.rows) if as_of is None else as_of]
            expected = {
                (self.load[one], accepted_at[one], bool(set(SIGN[key[0]]) - signed[one]), *key)
                for key, one in visible.items()
                if self.status[one] != "erased"
            }
            columns = ("load_id", "sequence", "provisional", "return_id", "part", "submitter", "period")
            got = visible_loads(events, sign_offs=SIGN, as_of=as_of).select(columns)
            assert set(got.rows()) == expected
            assert got.height == len(expected)

    @invariant()
    def the_listing_agrees(self):
        listed = state(pl.DataFrame(self.rows, schema=EVENTS), sign_offs=SIGN)
        assert dict(listed.select("submission_id", "status").iter_rows()) == self.status


TestRegister = pytest.mark.generative(Register.TestCase)
TestRegister.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
