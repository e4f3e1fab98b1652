"""Work on a Dask cluster: the results of one machine, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import signal
import threading
import time

import numpy as np
import pandas as pd
import pytest
from test_runner import ATLAS, START, home, made, outputs, state, write_notebook  # noqa: F401

from alpclusters_lib import location_quotient_interval
from alpclusters_lib.indicators.composite import rank_uncertainty
from alpclusters_lib.reports import cluster, runner
from alpclusters_lib.reports.jobs import Job

distributed = pytest.importorskip("distributed")


@pytest.fixture
def workers(outputs):  # noqa: F811
    """Return a cluster of two worker processes on this machine; they know the project of the test."""
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as running:
        yield running


def test_reports_come_out_as_on_one_machine_though_a_worker_is_killed(workers, outputs, home):  # noqa: F811
    jobs = [Job(f"part-{n}", ATLAS.notebook, "atlas", f"Part {n}", {"perimeter": f"p{n}"}) for n in range(6)]
    text = "import time\ntime.sleep(1)\nprint('perimeter', perimeter)"
    write_notebook(home, ATLAS.notebook, text, parameters='perimeter = "x"')

    def kill_one() -> None:
        with distributed.Client(workers.scheduler_address) as client:
            while not list((outputs / "reports").glob("part-*.html")):
                time.sleep(0.1)
            victim = min(client.run(os.getpid).values())
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)

    killed: list[int] = []
    killer = threading.Thread(target=kill_one)
    killer.start()
    results = runner.run(jobs, scheduler=workers.scheduler_address)
    killer.join()
    assert [(r.outcome, r.error) for r in results] == [("made", "")] * 6 and len(killed) == 1
    far = {name: content for name, (_, content) in state(outputs).items() if name.startswith("reports/part")}
    assert [r.outcome for r in runner.run(jobs, force=True)] == ["made"] * 6
    assert far == {name: content for name, (_, content) in state(outputs).items() if name.startswith("reports/part")}


def test_report_that_fails_on_a_worker_says_why(workers, outputs, home):  # noqa: F811
    write_notebook(home, START.notebook, "raise ValueError('no figures for XX in 2014')")
    (result,) = runner.run([START], scheduler=workers.scheduler_address)
    assert (result.outcome, result.error) == ("failed", "ValueError: no figures for XX in 2014")
    assert (outputs / "failed" / "start-here.ipynb").is_file()


def test_draws_on_a_cluster_are_those_of_one_machine(workers):
    rng = np.random.default_rng(3)
    jobs = pd.DataFrame(rng.integers(50, 5000, (6, 4)), [f"R{i}" for i in range(6)], list("ABCD")).astype(float)
    table = pd.DataFrame(rng.random((8, 5)), [f"R{i}" for i in range(8)], list("abcde"))
    with cluster.mapper(workers.scheduler_address) as spread:
        far = location_quotient_interval(jobs, method="bootstrap", draws=250, rng=1, spread=spread)
        ranks = rank_uncertainty(table, draws=600, rng=1, spread=spread)
    pd.testing.assert_frame_equal(far, location_quotient_interval(jobs, method="bootstrap", draws=250, rng=1))
    pd.testing.assert_frame_equal(ranks, rank_uncertainty(table, draws=600, rng=1))


def test_scheduler_that_does_not_answer_is_one_sentence(outputs):  # noqa: F811
    with pytest.raises(ValueError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:1'.*tcp://HOST:8786"):
        runner.run([START], scheduler="tcp://127.0.0.1:1", force=True)
