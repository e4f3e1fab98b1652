"""Kernels for papermill: forked from one warmed process, or ordinary ones.

A kernel that is forked starts in milliseconds with the library loaded, where an ordinary one imports it again for
every report. Both are real, separate processes; they give the same reports.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

__all__ = ["WarmProcess", "can_fork", "kernel_manager", "warm_process"]


def can_fork() -> bool:
    """Return whether kernels can be forked here: on Linux, whose processes can be watched without a race."""
    return sys.platform == "linux" and hasattr(os, "pidfd_open")


class WarmProcess:
    """The warmed process; :meth:`fork` gives a kernel. Closing it ends every kernel that still runs.

    Parameters
    ----------
    shared
        Notebooks of which several reports will be made: what they share is done once, before the first of them.
    """

    def __init__(self, shared: Collection[str] = ()) -> None:
        self._lock, self._shared = threading.Lock(), frozenset(shared)
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "alpclusters_lib.reports.warm_process", str(theirs.fileno())]
        # the drawing library settles its way of drawing when it is loaded, as in an ordinary kernel
        environment = os.environ | {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        with theirs:
            self._process = subprocess.Popen(
                command, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL
            )
        self._channel = ours
        self._answers = ours.makefile("r", encoding="utf-8")

    @property
    def pid(self) -> int:
        """Process number of the warmed process."""
        return self._process.pid

    def fork(self, request: dict[str, Any]) -> _Forked:
        """Return a new kernel: ``arguments``, ``environment``, ``cwd`` and the ``notebook`` it is for, ``modules``."""
        request = request | {"share": request["notebook"] in self._shared}
        with self._lock:
            try:
                self._channel.sendall(json.dumps(request).encode() + b"\n")
                answer = self._answers.readline()
            except OSError:
                answer = ""
            if not answer:
                raise RuntimeError("the warmed process ended; `alpclusters run --cold` does without it")
            return _Forked(int(answer))

    def close(self) -> None:
        """End the process and its kernels."""
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)
        self._process.wait()
        self._answers.close()
        self._channel.close()

    def __enter__(self) -> WarmProcess:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class _Forked:
    """A forked kernel, with what :class:`LocalProvisioner` asks of a :class:`subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        # opened while the warmed process has not yet collected it: the number cannot have passed to another process
        self._watched: int | None = os.pidfd_open(pid)

    def poll(self) -> int | None:
        """Return None while the kernel runs; how it ended is not known here."""
        if self._watched is None:
            return 0
        if select.select([self._watched], [], [], 0)[0]:
            os.close(self._watched)
            self._watched = None
            return 0
        return None

    def wait(self) -> int:
        """Wait until the kernel has ended."""
        if self._watched is not None:
            select.select([self._watched], [], [])
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        """Send a signal if the kernel still runs."""
        if self.poll() is None and self._watched is not None:
            signal.pidfd_send_signal(self._watched, number)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End the kernel."""
        self.send_signal(signal.SIGKILL)


class _ForkingProvisioner(LocalProvisioner):
    """Launches kernels by asking the warmed process instead of starting a new interpreter."""

    warm: WarmProcess
    notebook: str
    modules: Sequence[str]

    async def launch_kernel(self, cmd: list[str], **options: Any) -> dict[str, Any]:
        # the command is: python -m ipykernel_launcher ARGUMENTS
        request = {
            "arguments": [*cmd[3:], f"--IPKernelApp.parent_handle={self.warm.pid}"],
            "environment": options["env"],
            "cwd": str(options.get("cwd") or Path.cwd()),
            "notebook": self.notebook,
            "modules": list(self.modules),
        }
        self.process = self.warm.fork(request)
        self.pid = self.pgid = self.process.pid
        self.cwd = request["cwd"]
        return self.connection_info


class _ReportKernelManager(AsyncKernelManager):
    """Starts kernels with variables of their own in the environment, forked where there is a warmed process."""

    variables: dict[str, str]
    provision: dict[str, Any] | None

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        options["env"] = os.environ | self.variables
        if self.provision is not None and self.provisioner is None:
            self.kernel_id = self.kernel_id or "forked"
            self.provisioner = _ForkingProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
            vars(self.provisioner).update(self.provision)
        return await super()._async_pre_start_kernel(**options)

    pre_start_kernel = _async_pre_start_kernel


def kernel_manager(
    variables: dict[str, str], warm: WarmProcess | None, notebook: str, modules: Sequence[str]
) -> type[AsyncKernelManager]:
    """Return a class of kernel managers, as papermill wants it, for one report.

    Parameters
    ----------
    variables
        Environment variables of the kernel, beside those of this process.
    warm
        The process to fork from; None starts ordinary kernels.
    notebook, modules
        The notebook whose shared work, and the modules that, the warmed process does and loads first.
    """
    provision = None if warm is None else {"warm": warm, "notebook": notebook, "modules": modules}
    return type("ReportKernelManager", (_ReportKernelManager,), {"variables": variables, "provision": provision})


@contextlib.contextmanager
def warm_process(wanted: bool, shared: Collection[str] = ()) -> Iterator[WarmProcess | None]:
    """Give a warmed process for a run, or None where it is not wanted or kernels cannot be forked."""
    if not wanted or not can_fork():
        yield None
        return
    with WarmProcess(shared) as warm:
        yield warm
