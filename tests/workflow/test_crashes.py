"""kill -9 at every step that writes: the next command repairs, nothing is lost, nothing is half-visible."""

import json
import multiprocessing
import os
import shutil
import signal
import sys
from pathlib import Path

import polars as pl
import pytest

from parentis import archive, lake, workflow
from parentis.archive import Home

sys.path.insert(0, str(Path(__file__).parent))
import crash_points

CAMDEN, BARNET = "E09000007", "E09000003"
TABLES = ("finance.monitoring/lines", "finance.ra/lines")
PRELOADED = [
    "crash_points",
    "deltalake",
    "parentis.lake",
    "parentis.returns",
    "parentis.workflow.hand_in",
    "parentis.workflow.maintenance.erasure",
    "parentis.workflow.maintenance.rebuild",
    "parentis.workflow.register_queries",
]
"What the killed processes use; `parentis.workflow` itself imports nothing until it is asked."


@pytest.fixture(scope="module")
def processes():
    """Processes that start with everything imported and no thread running."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(PRELOADED)
    return context


def submit_all(home, paths):
    workflow.submit(Home(Path(home)), paths, who="ann", authority=CAMDEN, accept=True, wait=30)


def supersede(home, paths):
    workflow.submit(Home(Path(home)), paths, who="ann", authority=CAMDEN, accept=True, wait=30)


def rebuild(home, _paths):
    workflow.rebuild(Home(Path(home)), who="ann")


def erase_first(home, _paths):
    register = workflow.register(Home(Path(home)))
    first = register.filter(pl.col("status") == "accepted")["submission_id"][0]
    workflow.erase(Home(Path(home)), first, who="ann", why="retention ended")


def run(processes, tmp_path, step, home, work, paths):
    trace = tmp_path / "trace.json"
    arguments = (step, str(trace), str(home), work, str(home), [str(path) for path in paths])
    process = processes.Process(target=crash_points.killed_at, args=arguments)
    process.start()
    process.join(60)
    if process.exitcode is None:
        process.kill()
        pytest.fail("the process hangs: a module that it inherited imported has started threads")
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode == 0, trace


def shown(home, as_of=None):
    """What readers see, without what a replay may give anew."""
    return {
        name: lake.read(home, name, as_of=as_of).collect().drop("load_id", "submission_id", "sequence", "key_id")
        .sort("authority", "period", "row").rows()
        for name in TABLES
    }  # fmt: skip


def steps_of(processes, tmp_path, before, work, paths):
    """How many steps the work has, and what is to be seen when nothing goes wrong."""
    home = tmp_path / "whole"
    if before:
        shutil.copytree(before, home)
    finished, trace = run(processes, tmp_path, None, home, work, paths)
    assert finished
    return len(json.loads(trace.read_text())), shown(Home(home))


def check_every_crash(processes, tmp_path, before, work, paths):
    """Kill `work` at each of its steps; after each the next command gives either the old or the new state."""
    steps, whole = steps_of(processes, tmp_path, before, work, paths)
    old = shown(Home(before)) if before else {name: [] for name in TABLES}
    assert steps > 8
    seen = []
    for step in range(steps):
        path = tmp_path / f"killed-{step}"
        if before:
            shutil.copytree(before, path)
        finished, _ = run(processes, tmp_path, step, path, work, paths)
        assert not finished
        home = Home(path)
        assert shown(home) in (old, whole), f"half-visible after being killed at step {step}"
        workflow.recover(home)
        seen.append(shown(home))
        assert seen[-1] in (old, whole), f"not repaired after being killed at step {step}"
        assert not [inconsistency for inconsistency in workflow.doctor(home) if inconsistency.severity != "note"]
        assert not home.pending.exists()
        shutil.rmtree(path)
    # Once the work is done when repaired, it is done for every later step: there is one point of no return.
    done = [state == whole for state in seen]
    assert done == sorted(done)
    assert done[-1]


@pytest.mark.functional
def test_a_killed_submit_of_several_returns(processes, tmp_path, home, monitoring, budgets):
    check_every_crash(processes, tmp_path, None, submit_all, [*monitoring(), *budgets()])


@pytest.mark.functional
def test_a_killed_submit_that_supersedes(processes, tmp_path, home, monitoring):
    workflow.submit(home, monitoring(100), who="ann", authority=CAMDEN, accept=True)
    check_every_crash(processes, tmp_path, home.path, supersede, monitoring(200))


@pytest.mark.functional
def test_a_killed_rebuild(processes, tmp_path, home, monitoring, budgets):
    workflow.submit(home, [*monitoring(), *budgets()], who="ann", authority=CAMDEN, accept=True)
    check_every_crash(processes, tmp_path, home.path, rebuild, [])


@pytest.mark.functional
def test_a_killed_erasure(processes, tmp_path, home, monitoring, budgets):
    workflow.submit(home, monitoring(), who="ann", authority=CAMDEN, accept=True)
    workflow.submit(home, budgets(), who="ann")
    check_every_crash(processes, tmp_path, home.path, erase_first, [])


@pytest.mark.functional
def test_two_processes_at_once_both_succeed_one_after_the_other(processes, home, monitoring, budgets):
    work = [
        processes.Process(target=submit_all, args=(str(home.path), [*monitoring(), *budgets()])),
        processes.Process(target=submit_all, args=(str(home.path), [*monitoring(), *budgets(2_000, "2018-19")])),
    ]
    for process in work:
        process.start()
    for process in work:
        process.join(60)
    assert [process.exitcode for process in work] == [0, 0]
    register = workflow.register(home)
    # The monitoring return is the same in both: whoever came second changed nothing.
    assert register["return_id"].sort().to_list() == ["finance.monitoring", "finance.ra", "finance.ra"]
    assert register["current"].all()
    assert archive.events(home)["sequence"].to_list() == list(range(1, archive.events(home).height + 1))
    assert workflow.doctor(home) == []


@pytest.mark.functional
def test_the_lock_ends_with_its_holder(processes, home, monitoring):
    ready = processes.Event()
    holder = processes.Process(target=hold_for_ever, args=(str(home.path), ready))
    holder.start()
    assert ready.wait(30)
    os.kill(holder.pid, signal.SIGKILL)
    holder.join(30)
    (outcome,) = workflow.submit(home, monitoring(), who="ann", authority=CAMDEN, accept=True, wait=5)
    assert outcome.status == "accepted"


def hold_for_ever(home, ready):
    with archive.locked(Home(Path(home))):
        ready.set()
        signal.pause()
