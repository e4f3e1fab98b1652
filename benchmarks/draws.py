"""Two further comparisons: a thousand draws of location quotients, and the memory of a chain of functions."""

from __future__ import annotations

import json
import subprocess
import sys
import time
import warnings
from collections.abc import Callable

REGIONS, SECTORS, DRAWS = 281, 68, 1000
CHAIN = (5000, 2000)


def draws() -> list[tuple[str, str, str]]:
    """Compare a thousand draws with a loop in pandas, draw by draw and as a bootstrap with its percentiles."""
    import numpy as np
    import pandas as pd

    from alpclusters_lib.indicators.specialisation import location_quotient, location_quotient_interval
    from benchmarks.cases import Inputs

    d = Inputs(REGIONS, SECTORS)
    rng = np.random.default_rng(1)
    drawn = [d.table(rng.poisson(d.employment).astype(float)) for _ in range(DRAWS)]

    def in_pandas(table: pd.DataFrame) -> pd.DataFrame:
        shares = table.div(table.sum(axis=1), axis=0)
        return shares.div(table.sum() / table.sum().sum(), axis=1)

    pd.testing.assert_frame_equal(location_quotient(drawn[0]), in_pandas(drawn[0]))

    def bootstrap_in_pandas() -> pd.DataFrame:
        generator, quotients = np.random.default_rng(1), []
        for _ in range(DRAWS):
            table = pd.DataFrame(generator.poisson(d.employment), d.regions, d.sectors).astype(float)
            quotients.append(in_pandas(table).stack())
        return pd.concat(quotients, axis=1).quantile([0.025, 0.975], axis=1).T

    quotients = _ratio(lambda: [location_quotient(one) for one in drawn], lambda: [in_pandas(one) for one in drawn], 3)
    interval = _ratio(
        lambda: location_quotient_interval(d.employment, method="bootstrap", draws=DRAWS, rng=1),
        bootstrap_in_pandas,
        2,
    )
    size = f"{REGIONS}×{SECTORS}"
    return [
        (f"{DRAWS:,} location quotients of drawn tables {size}, time over a pandas loop", f"{quotients:.2f}", "≤ 0.5"),
        (f"{DRAWS:,} bootstrap draws {size} with percentiles, time over a pandas loop", f"{interval:.2f}", "≤ 0.5"),
    ]


def _ratio(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> float:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for call, taken in zip((ours, theirs), times, strict=True):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
    return min(times[0]) / min(times[1])


_PEAK = """
import resource, sys, warnings
import numpy as np, pandas as pd, scipy.sparse.linalg
from alpclusters_lib.indicators import complexity, relatedness
warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
jobs = np.empty({size})
for row in range(len(jobs)):
    kind = 0.5 * (row % 2)
    jobs[row] = np.rint(rng.lognormal(3 + kind * (np.arange(jobs.shape[1]) % 2), 1.0))
table = pd.DataFrame(jobs, copy=False)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
if sys.argv[1:]:
    held = relatedness.presence(table)
    related = relatedness.proximity(held)
    density = relatedness.relatedness_density(held, related)
    found = complexity.economic_complexity(held)
    assert np.isfinite(density.to_numpy().sum()) and np.isfinite(found.eci.sum())
print(before, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def chain() -> list[tuple[str, str, str]]:
    """Return the peak memory of presence, proximity, density and ECI, everything kept, and that before them."""
    code = _PEAK.format(size=CHAIN)
    answer = subprocess.run([sys.executable, "-c", code, "all"], check=True, stdout=subprocess.PIPE, text=True).stdout
    before, peak = (int(number) / 1e6 for number in answer.split())
    size = f"{CHAIN[0]:,}×{CHAIN[1]:,}"
    return [
        (f"peak memory of presence → proximity → density → ECI at {size}, GB", f"{peak:.2f}", "< 1"),
        ("  of which Python, its packages and the table itself, GB", f"{before:.2f}", ""),
    ]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    # the chain first: a process that is started counts the memory of the one that starts it
    json.dump(chain() + draws(), sys.stdout)
