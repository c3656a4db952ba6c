"""The nucleolus: of all ways to share a cost, the one that maximises the saving of the coalition with the smallest
saving, then the next smallest, and so on (Schmeidler 1969). Exact, by a chain of linear programmes over every
coalition."""

import numpy as np

TOLERANCE = 1e-7
"Numerical tolerance for equal numbers, as a share of the whole cost."


def nucleolus(costs: np.ndarray) -> np.ndarray:
    """Shares, shape (players,), of `costs`, shape (2^players,), by coalition as `shapley.exact` has them.

    In each step the smallest saving over coalitions not yet fixed is maximised; coalitions whose
    saving cannot be any larger (a positive dual price) are fixed there, until the shares are determined.
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
        # A coalition whose share is determined by the fixed ones needs no further step.
        basis = np.array(equal)
        if len(equal) == n:
            shares = np.linalg.solve(basis, np.array(right))
            break
        projected = member @ np.linalg.pinv(basis) @ basis
        free &= np.abs(projected - member).max(axis=1) > 1e-9
    return np.asarray(shares * scale)
