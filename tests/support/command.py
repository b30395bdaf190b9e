"""The `reviewer` command as a process of its own, without a key and without a way out."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tests.support.warm import ROOT, start_warm

NOWHERE = "http://127.0.0.1:9"
"""Nothing listens there."""
ENDS_WITHIN = 60.0


def reviewer(
    *arguments: str | Path,
    stdout: int | None = None,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[str]:
    """Run it to its end; what it says on standard output is read where `stdout` is left out."""
    bare = {
        "PATH": os.environ["PATH"],
        "HOME": os.devnull,
        "https_proxy": NOWHERE,
        "http_proxy": NOWHERE,
    }
    environ = {**bare, **environ}
    typed = [str(argument) for argument in arguments]
    if any(name.startswith("PYTHON") for name in environ):
        return subprocess.run(
            [sys.executable, "-m", "reviewer", *typed],
            cwd=ROOT,
            env=environ,
            capture_output=True,
            encoding="utf-8",
            timeout=ENDS_WITHIN,
        )
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as complained:
        process = start_warm(
            "reviewer",
            typed,
            environ=environ,
            cwd=ROOT,
            stdout=said.fileno() if stdout is None else stdout,
            stderr=complained.fileno(),
        )
        try:
            code = process.wait(ENDS_WITHIN)
        finally:
            process.kill()
        said.seek(0)
        complained.seek(0)
        return subprocess.CompletedProcess(
            typed, code, said.read().decode(), complained.read().decode()
        )
