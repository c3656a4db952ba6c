"""What-if: what scenarios are worked out from, stored under a key, and one scenario compared with the forecast."""

import hashlib
import pickle
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from parentis import lake
from parentis.archive import Home, master_key, write_file
from parentis.errors import IntegrityError
from parentis.services import demand
from parentis.version import code_version
from parentis.workflow.references import submitted_references
from parentis.workflow.results.tables import tables

if TYPE_CHECKING:
    from parentis.services.demand import Scenario, WhatIf, Whom
    from parentis.services.demand.money.what_if import Futures

WHAT_IF = "what-if"
REFERENCES = ("finance.gdp_deflators", "finance.inflation")
"Returns whose tables change prices to come."
FUTURES = {"few": 200, "many": 80}
"Of one or a few authorities, and of more than FEW: somebody waits for the answer."
FEW = 8


def _fitted(home: Home) -> "WhatIf | None":
    from parentis.services.demand.money.what_if import prepare

    with submitted_references(home):
        return prepare(tables(home, demand.OUTLOOK_NEEDS))


def keep_what_if(home: Home) -> bool:
    """Fit and store what scenarios are worked out from, unless it is stored already. False if there is no return."""
    about = _about(home)
    path = home.cache / WHAT_IF
    if _opened(home, path, about) is not None:
        return True
    made = _fitted(home)
    if made is None or _about(home) != about:  # somebody accepted a return meanwhile: the next call fits again
        return False
    # It holds when each looked-after child was born and came, as the lake does.
    write_file(path, master_key(home).derive("cache").seal(pickle.dumps(made), about))
    return True


def kept_what_if(home: Home) -> "WhatIf | None":
    """What `keep_what_if` stored, in a tenth of a second; None if nothing is stored for the current returns."""
    sealed = _opened(home, home.cache / WHAT_IF, _about(home))
    # Nobody without the home's master key could have written what opens with it.
    return None if sealed is None else pickle.loads(sealed)  # noqa: S301


def _opened(home: Home, path: Path, about: str) -> bytes | None:
    try:
        return master_key(home).derive("cache").open(path.read_bytes(), about)
    except (FileNotFoundError, IntegrityError):  # nothing kept, or of other returns, or by other code
        return None


def what_if_returns(home: Home) -> str:
    """A mark of the visible returns that scenarios are worked out from: another one once any of them changes."""
    return_ids = {need.partition("/")[0] for need in demand.OUTLOOK_NEEDS} | set(REFERENCES)
    loads = lake.visible(home).filter(pl.col("return_id").is_in(return_ids))["load_id"].sort()
    return hashlib.sha256(" ".join(loads).encode()).hexdigest()


def _about(home: Home) -> str:
    return f"{WHAT_IF} {code_version()} {what_if_returns(home)}"


def futures(held: "WhatIf", whom: "Whom", scenario: "Scenario", *, inflation: float = 0.0) -> "Futures":
    """Futures of `whom` under `scenario`, with the number of replicates that somebody can wait for. All scenarios use
    the same random draws. Raises NotFoundError for an authority the model does not include."""
    from parentis.services.demand.money import what_if

    count = FUTURES["few" if len(whom.authorities) <= FEW else "many"]
    return what_if.futures(held, whom, scenario, inflation=inflation, replicates=count)
