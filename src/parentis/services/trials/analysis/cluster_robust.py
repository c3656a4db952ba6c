"""A treatment effect with an interval that holds where children of one borough resemble one another, and boroughs are
few.

Weighted least squares with the working covariance of the protocol, the bias-reduced cluster-robust variance (CR2) and
Satterthwaite's degrees of freedom: Bell & McCaffrey 2002 (Survey Methodology 28: 169–181), Pustejovsky & Tipton 2018
(Journal of Business & Economic Statistics 36: 672–683). The working covariance decides the weights alone: where it is
wrong the estimate is less precise, and its interval still right. Neither statsmodels nor pyfixest has CR2.

Everything is an array with leading axes for trials analysed at once: a simulated trial is analysed by this code too.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from parentis.errors import SpecificationError

Floats = npt.NDArray[np.float64]

_SINGULAR = 1e-9
"Directions with less than this share left to a cluster's residuals have none: they take no part in its adjustment."


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Effects with their standard errors and degrees of freedom, each of shape (trials…,)."""

    effect: Floats
    error: Floats
    degrees: Floats

    def p(self) -> Floats:
        """Two-sided p values."""
        from scipy import special

        t = np.abs(self.effect) / self.error
        return np.asarray(2.0 * special.stdtr(self.degrees, -t))

    def half_width(self, level: float) -> Floats:
        """Half the width of the interval of this level."""
        from scipy import special

        return np.asarray(special.stdtrit(self.degrees, 0.5 + level / 2.0) * self.error)


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All of an estimate that does not depend on the outcomes.

    Attributes:
        design: whitened covariates, (…, clusters, rows, columns); the effect is the last column.
        root: inverse of the working covariance's Cholesky factor, (…, clusters, rows, rows).
        inverse: of the information, (…, columns, columns).
        scores: adjusted weights of the residuals, (…, clusters, rows).
        degrees: Satterthwaite's, (…,).
        known: which rows are there, (…, clusters, rows).
    """

    design: Floats
    root: Floats
    inverse: Floats
    scores: Floats
    degrees: Floats
    known: npt.NDArray[np.bool_]

    def estimate(self, outcomes: Floats) -> Estimates:
        """The effects for outcomes of shape (…, clusters, rows)."""
        whitened = np.einsum("...crs,...cs->...cr", self.root, np.where(self.known, outcomes, 0.0))
        at = np.einsum("...crp,...cr->...p", self.design, whitened)
        coefficients = np.einsum("...pq,...q->...p", self.inverse, at)
        residuals = whitened - np.einsum("...crp,...p->...cr", self.design, coefficients)
        of_clusters = np.einsum("...cr,...cr->...c", self.scores, residuals)
        error = np.sqrt((of_clusters**2).sum(axis=-1))
        effect = coefficients[..., -1]
        return Estimates(effect, error, np.broadcast_to(self.degrees, effect.shape))


def prepare(design: Floats, covariance: Floats, known: npt.NDArray[np.bool_] | None = None) -> Prepared:
    """Prepare the estimate of the last column of `design` (…, clusters, rows, columns).

    `covariance` is the working covariance of a cluster's rows (…, clusters, rows, rows); rows that are not `known`
    count for nothing. Raises SpecificationError where the design cannot tell the effect from the rest.
    """
    rows = design.shape[-2]
    if known is None:
        known = np.ones(np.broadcast_shapes(design.shape[:-1], covariance.shape[:-1]), dtype=bool)
    design = np.where(known[..., None], design, 0.0)
    covariance = np.where(known[..., None] & known[..., None, :], covariance, np.eye(rows))
    root = np.linalg.inv(np.linalg.cholesky(covariance))
    whitened = root @ design
    information = np.einsum("...crp,...crq->...pq", whitened, whitened)
    inverse = np.linalg.pinv(information, rcond=1e-10, hermitian=True)
    _require_identified(information, inverse)
    leverage = np.einsum("...crp,...pq,...csq->...crs", whitened, inverse, whitened, optimize=True)
    values, vectors = np.linalg.eigh(np.eye(rows) - leverage)
    power = np.where(values > _SINGULAR, np.where(values > _SINGULAR, values, 1.0) ** -0.5, 0.0)
    along = np.einsum("...crp,...p->...cr", whitened, inverse[..., -1])
    scores = np.einsum("...crk,...ck,...csk,...cs->...cr", vectors, power, vectors, along, optimize=True)
    return Prepared(whitened, root, inverse, scores, _degrees(whitened, inverse, scores), known)


def _degrees(design: Floats, inverse: Floats, scores: Floats) -> Floats:
    """2 · mean² / variance of the variance's estimate, were the working covariance true."""
    sizes = (scores**2).sum(axis=-1)
    shared = np.einsum("...crp,...cr->...cp", design, scores)
    gram = np.einsum("...cp,...cq->...pq", shared, shared) @ inverse
    own = np.einsum("...cp,...pq,...cq->...c", shared, inverse, shared, optimize=True)
    mean = (sizes - own).sum(axis=-1)
    spread = (sizes**2).sum(axis=-1) - 2 * (sizes * own).sum(axis=-1) + np.einsum("...pq,...qp->...", gram, gram)
    return np.asarray(np.maximum(mean**2 / np.maximum(spread, 1e-300), 1.0))


def _require_identified(information: Floats, inverse: Floats) -> None:
    last = np.einsum("...pq,...q->...p", information, inverse[..., -1])
    wanted = np.zeros(information.shape[-1])
    wanted[-1] = 1.0
    if np.abs(last - wanted).max() > 1e-6:
        raise SpecificationError(
            expected="outcomes in both arms, at the same times",
            found="too few to tell the new way from the passing of time",
            where="trial analysis",
            do="Check which boroughs have handed in outcomes, and from when they worked in the new way.",
        )


def working_covariance(counts: Floats, icc: float, cac: float) -> Floats:
    """Of a borough's means in its periods, up to a factor: (…, periods) children to (…, periods, periods).

    Two children of one borough have correlation `icc` within a period, and `icc · cac` between two.
    """
    periods = counts.shape[-1]
    between = np.full((periods, periods), icc * cac)
    own = icc + (1.0 - icc) / np.maximum(counts, 1.0)
    return np.asarray(np.where(np.eye(periods, dtype=bool), own[..., None], between))


def borough_periods(treated: Floats, counts: Floats, icc: float, cac: float) -> Prepared:
    """Prepare the effect on means of boroughs (clusters) by period, both (…, boroughs, periods): an effect of each
    period, and of the new way. Cells without children count for nothing."""
    periods = treated.shape[-1]
    by_period = np.broadcast_to(np.eye(periods), (*treated.shape, periods))
    design = np.concatenate([by_period, treated[..., None]], axis=-1)
    return prepare(design, working_covariance(counts, icc, cac), counts > 0)


def rows_in_clusters(values: Floats, clusters: npt.NDArray[Any]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Rows (rows, …) dealt out to their clusters, (clusters, most rows, …), and which places are taken."""
    _, own, sizes = np.unique(clusters, return_inverse=True, return_counts=True)
    order = np.argsort(own, kind="stable")
    place = np.arange(len(own)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    out = np.zeros((len(sizes), int(sizes.max()), *values.shape[1:]))
    taken = np.zeros(out.shape[:2], dtype=bool)
    out[own[order], place], taken[own[order], place] = values[order], True
    return out, taken


def children_in_families(
    outcome: Floats, arm: Floats, family: npt.NDArray[Any], block: npt.NDArray[Any]
) -> tuple[Prepared, Floats]:
    """Prepare the effect on children allocated by family within blocks (boroughs), each (children,), and the outcomes
    in the shape it takes. Blocks in which all have one arm tell nothing of the effect, and do no harm."""
    _, of = np.unique(block, return_inverse=True)
    columns = np.concatenate([np.eye(of.max() + 1)[of], arm[:, None].astype(float)], axis=1)
    design, taken = rows_in_clusters(columns, family)
    outcomes, _ = rows_in_clusters(outcome[:, None].astype(float), family)
    identity = np.broadcast_to(np.eye(design.shape[1]), (*design.shape[:2], design.shape[1]))
    return prepare(design, identity, taken), outcomes[..., 0]
