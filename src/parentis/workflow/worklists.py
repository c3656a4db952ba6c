"""Worklists: adds the worker of each child to findings, if a return gives it."""

from dataclasses import replace

from parentis.returns import Checked, Typed, the_return


def with_workers(checked: Checked, typed: Typed) -> Checked:
    """`checked` with who works with each child, where its return says."""
    find = the_return(checked.return_id).workers
    return replace(checked, workers=find(typed.tables)) if find else checked
