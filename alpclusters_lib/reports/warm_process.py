"""The process that kernels are forked from: it has the library loaded and the shared work done.

Started by :mod:`alpclusters_lib.reports.warm_kernels` as ``python -m alpclusters_lib.reports.warm_process FD``. It
reads one request a line from the socket with that number and answers each with the new kernel's process number. When
the socket closes, because the run ended or was killed, it ends every kernel that still runs and then itself.

Every kernel is a process of its own with a copy of this one's memory: what one does, another does not see.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import sys
from typing import Any

from alpclusters_lib.reports import shared_work

__all__ = ["serve"]

# libraries that are loaded late, when a report first needs them
LIBRARIES = ("ipykernel.kernelapp", "IPython.display", "great_tables", "PIL.Image", "matplotlib.pyplot", "geopandas")


def serve(channel: socket.socket) -> None:
    """Fork a kernel for every request until the channel closes."""
    running: set[int] = set()
    with channel.makefile("r", encoding="utf-8") as requests:
        for line in requests:
            request = json.loads(line)
            _warm(request)
            pid = os.fork()
            if pid == 0:
                channel.close()
                _become_kernel(request)
            running.add(pid)
            channel.sendall(f"{pid}\n".encode())
            running -= _ended(running)
    for pid in running - _ended(running):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def _warm(request: dict[str, Any]) -> None:
    """Load the modules and do the shared work of a report, each once for all."""
    for name in (*LIBRARIES, *request["modules"]):
        importlib.import_module(name)
    # what fails here fails again in the report, where it is shown and kept
    if request["share"]:
        with contextlib.suppress(Exception):
            shared_work.do(request["notebook"])
    # the collector would otherwise touch, and so copy, the whole memory in every kernel
    gc.collect()
    gc.freeze()


def _ended(running: set[int]) -> set[int]:
    """Collect the exit of kernels that ended."""
    return {pid for pid in running if os.waitpid(pid, os.WNOHANG)[0]}


def _become_kernel(request: dict[str, Any]) -> None:
    """Turn this process into an IPython kernel; it does not return."""
    status = 1
    try:
        os.setsid()
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["environment"])
        silence = os.open(os.devnull, os.O_RDONLY)
        os.dup2(silence, 0)
        _fresh_random_numbers()
        from ipykernel.kernelapp import launch_new_instance

        sys.argv = ["ipykernel_launcher", *request["arguments"]]
        launch_new_instance(sys.argv[1:])
        status = 0
    finally:
        os._exit(status)


def _fresh_random_numbers() -> None:
    """Seed NumPy's global generator anew, as Python's is of itself: otherwise all kernels would draw the same."""
    import numpy

    numpy.random.seed()  # noqa: NPY002


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the run's to answer
    serve(socket.socket(fileno=int(sys.argv[1])))
