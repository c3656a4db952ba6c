"""A standalone Spark cluster on loopback: one master, two workers of one core."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

PATIENCE = 90
"Seconds in which the workers must have joined."


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class Cluster:
    master: str
    environment: Mapping[str, str]
    "What the driver must have in its own."


def cluster(folder: Path) -> Iterator[Cluster]:
    """It runs until the generator is closed. Skips, or on CI fails, where there is no Java or no pyspark."""
    try:
        import pyspark
    except ImportError:
        missing("pyspark")
    if shutil.which("java") is None:
        missing("Java")
    home = Path(pyspark.__file__).parent
    port = free_port()
    master = f"spark://127.0.0.1:{port}"
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "PYSPARK_PYTHON": sys.executable,
        # the kernels of the tests are imported by name on the workers
        "PYTHONPATH": os.pathsep.join(part for part in sys.path if part),
    }
    java = [str(home / "bin" / "spark-class")]
    kinds = "org.apache.spark.deploy"
    calls = [[f"{kinds}.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", str(free_port())]]
    calls += [
        [f"{kinds}.worker.Worker", "--host", "127.0.0.1", "--cores", "1", "--memory", "1g",
         "--webui-port", str(free_port()), "--work-dir", str(folder / f"work{number}"), master]
        for number in (1, 2)
    ]  # fmt: skip
    with ExitStack() as running:
        logs = []
        for number, call in enumerate(calls):
            log = folder / f"{number}.log"
            logs.append(log)
            stream = running.enter_context(log.open("wb"))
            process = subprocess.Popen(java + call, stdout=stream, stderr=subprocess.STDOUT, env=environment)
            running.callback(_end, process)
        wait_for_workers(logs[0])
        yield Cluster(master, {name: environment[name] for name in ("PYSPARK_PYTHON", "PYTHONPATH", "SPARK_LOCAL_IP")})


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for_workers(log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while log.read_text(errors="replace").count("Registering worker") < 2:
        if time.monotonic() > until:
            pytest.fail(f"the Spark workers did not join:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.2)


def missing(what: str) -> None:
    said = f"{what} is not here: the kernels cannot be tested on a Spark cluster"
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)
