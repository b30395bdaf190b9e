"""Programs started by a fork of a process that has loaded their modules already.

Started by `tests/support/warm.py` with a socket to it as standard input. Each request there is
JSON of `module`, `arguments`, `environ`, `cwd` and `session`, with four files: standard input,
output, error, and one that the exit code is written to. The answer is the process's id.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from importlib import import_module
from typing import Any

REQUEST_BYTES = 1 << 20
MOST_FILES = 1024
LOADED = (
    "alembic.command",
    "alembic.runtime.migration",
    "anthropic",
    "reviewer.cli",
    "reviewer.edges.agent_commands",
    "reviewer.edges.asking",
    "reviewer.edges.dismissal_records",
    "reviewer.edges.local_recheck",
    "reviewer.edges.local_tasks",
    "reviewer.edges.preflight",
    "reviewer.edges.server",
    "reviewer.publish.formats",
    "reviewer.sandbox.github_app",
    "reviewer.sandbox.model_handler",
)


def serve() -> dict[str, Any] | None:
    """Returns in each child with what it is to run; in the parent, when nobody asks any more."""
    asked = socket.socket(fileno=os.dup(0))
    running: dict[int, tuple[int, int]] = {}
    """By the descriptor that tells of its end: a child's id, and where its exit code goes."""
    watched = select.poll()
    watched.register(asked, select.POLLIN)
    while True:
        for ready, _ in watched.poll():
            if ready != asked.fileno():
                watched.unregister(ready)
                child, told = running.pop(ready)
                _, status = os.waitpid(child, 0)
                os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
                os.close(told)
                os.close(ready)
                continue
            message, files, _, _ = socket.recv_fds(asked, REQUEST_BYTES, 4)
            if not message:
                _end(child for child, _ in running.values())
                return None
            child = os.fork()
            if child == 0:
                for number, file in enumerate(files[:3]):
                    os.dup2(file, number)
                asked.detach()  # or its end would close whatever has its number by then
                os.closerange(3, MOST_FILES)
                request: dict[str, Any] = json.loads(message)
                return request
            for file in files[:3]:
                os.close(file)
            end = os.pidfd_open(child)
            running[end] = (child, files[3])
            watched.register(end, select.POLLIN)
            asked.send(str(child).encode())


def _reopen() -> None:
    """What Python knows of its standard files is not true of the new ones behind their numbers."""
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115
    for number, name in ((1, "stdout"), (2, "stderr")):
        errors = getattr(sys, name).errors
        new = open(number, "w", encoding="utf-8", errors=errors, closefd=False)  # noqa: SIM115
        new.reconfigure(line_buffering=new.line_buffering or number == 2)
        setattr(sys, name, new)
        setattr(sys, f"__{name}__", new)


def _end(children: Iterable[int]) -> None:
    """A test run that is killed leaves nothing behind."""
    for child in children:
        leads = os.getpgid(child) == child
        (os.killpg if leads else os.kill)(child, signal.SIGKILL)


def load() -> None:
    """Everything that the programs need, once for all of them."""
    for name in LOADED:
        import_module(name)
    import_module("reviewer.sandbox.model_schema").request_schema("messages")
    # A fork takes over one thread alone, so there must be no other.
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()


def main() -> None:
    """Exits as the program that it was forked for would."""
    gc.disable()
    load()
    gc.enable()
    # Whoever ends a test run signals all of it; the children are ended when nobody asks any more.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    request = serve()
    if request is None:
        return
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _reopen()
    if request["session"]:
        os.setsid()
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["environ"])
    sys.argv = [request["module"], *request["arguments"]]
    runpy.run_module(request["module"], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
