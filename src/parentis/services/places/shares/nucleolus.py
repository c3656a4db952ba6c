"""The nucleolus: of all ways to share a cost, the one whose least content coalition is as content as can be, then the
next, and so on (Schmeidler 1969). Exact, by a chain of linear programmes over every coalition."""

import numpy as np

TOLERANCE = 1e-7
"Of the whole cost: what a solver may leave between two numbers that are equal."


def nucleolus(costs: np.ndarray) -> np.ndarray:
    """Shares, shape (players,), of `costs`, shape (2^players,), by coalition as `shapley.exact` has them.

    In each step the smallest saving over coalitions not yet settled is made as large as it can be; coalitions whose
    saving cannot be any larger (a positive price in the dual) are settled there, until the shares are determined.
    """
    from scipy.optimize import linprog

    n = len(costs).bit_length() - 1
    if n == 1:
        return np.array([float(costs[1])])
    scale = float(np.abs(costs).max()) or 1.0
    wanted = costs / scale
    member = (np.arange(len(costs))[:, None] >> np.arange(n) & 1).astype(float)
    whole = len(costs) - 1
    free = np.ones(len(costs), bool)
    free[[0, whole]] = False
    equal, right = [member[whole]], [wanted[whole]]
    shares = np.zeros(n)
    while free.any():
        rows = np.flatnonzero(free)
        found = linprog(
            np.append(np.zeros(n), -1.0),
            A_ub=np.column_stack([member[rows], np.ones(len(rows))]),
            b_ub=wanted[rows],
            A_eq=np.column_stack([np.array(equal), np.zeros(len(equal))]),
            b_eq=np.array(right),
            bounds=[(None, None)] * (n + 1),
            method="highs",
        )
        if found.status != 0:
            raise ArithmeticError(f"the nucleolus of {n} players was not found: {found.message}")
        shares, saving = found.x[:n], found.x[n]
        tight = rows[found.ineqlin.marginals < -TOLERANCE]
        for row in tight:
            if np.linalg.matrix_rank(np.array([*equal, member[row]])) > len(equal):
                equal.append(member[row])
                right.append(wanted[row] - saving)
        # A coalition whose share the settled ones determine has nothing left to gain.
        basis = np.array(equal)
        if len(equal) == n:
            shares = np.linalg.solve(basis, np.array(right))
            break
        projected = member @ np.linalg.pinv(basis) @ basis
        free &= np.abs(projected - member).max(axis=1) > 1e-9
    return np.asarray(shares * scale)
