"""The p99 of a request flow, estimated by sampling: what its hops would make if they were independent.

Each step is a log-normal through its p50 and p99: ln X is normal, with mean ln p50 and standard deviation
ln(p99 / p50) / 2.326 (the 99 % quantile of the standard normal). Parallel steps wait for the slowest;
hops add. The samples are the points of a shifted Korobov lattice, one dimension a step: spread more
evenly than random ones, and the same in every run and host (`docs/assets/js/tail.js` is its twin). With so
many, the p99 is known to about two per cent, which is better than the p50s and p99s themselves are.
"""

from collections.abc import Sequence
from functools import cache
from math import ceil, exp, inf, log, sqrt
from operator import add
from statistics import NormalDist

from casebook.outcome import Hop

POINTS, GENERATOR = 4093, 1516  # the generator is from L'Ecuyer and Lemieux, Management Science 46(9), 2000
GOLDEN = 0.6180339887498949  # its multiples shift each dimension by another amount
Z99 = NormalDist().inv_cdf(0.99)
STEEPEST = 709.0  # beyond it the exponential is infinite in every host, and an error in this one


@cache
def normals(dimension: int) -> tuple[float, ...]:
    """Return one standard normal deviate a point: the lattice's coordinates in a dimension, counted from 0."""
    factor = pow(GENERATOR, dimension, POINTS)
    whole, part = divmod((dimension + 1) * GOLDEN % 1 * POINTS, 1)
    steps = [_inverse((step + part) / POINTS) for step in range(POINTS)]
    return tuple(steps[(point * factor + int(whole)) % POINTS] for point in range(POINTS))


def _inverse(share: float) -> float:
    """Return the quantile of the standard normal (Abramowitz and Stegun, 26.2.23: off by less than 0.00045)."""
    t = sqrt(-2 * log(min(share, 1 - share)))
    x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)))
    return -x if share < 0.5 else x


def _drawn(median: float, spread: float, dimension: int) -> list[float]:
    """Return the samples of a step that is a log-normal with this median and spread, in seconds."""
    drawn = normals(dimension)
    if spread * max(drawn) < STEEPEST:
        return [median * exp(spread * normal) for normal in drawn]
    return [median * (exp(spread * normal) if spread * normal < STEEPEST else inf) for normal in drawn]


def p99(hops: Sequence[Hop]) -> float:
    """Return the 99 % quantile of a flow in seconds, from the p50 and p99 of its steps."""
    total = [0.0] * POINTS
    dimension = 0
    for hop in hops:
        slowest = [0.0] * POINTS
        for median, high in hop.times:
            spread = log(high / median) / Z99 if 0 < median < high else 0.0
            drawn = _drawn(median, spread, dimension) if spread else [median] * POINTS
            slowest = drawn if len(hop.times) == 1 else list(map(max, slowest, drawn))
            dimension += 1
        total = list(map(add, total, slowest))
    return sorted(total)[ceil(0.99 * POINTS) - 1]
