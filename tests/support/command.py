"""The `reviewer` command as a process of its own, without a key and without a way out."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).parent.parent.parent
NOWHERE = "http://127.0.0.1:9"
"""Nothing listens there."""


def reviewer(
    *arguments: str | Path,
    stdout: int = subprocess.PIPE,
    environ: Mapping[str, str] = MappingProxyType({}),
) -> subprocess.CompletedProcess[str]:
    """Run it to its end."""
    return subprocess.run(
        [sys.executable, "-m", "reviewer", *map(str, arguments)],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "HOME": os.devnull,
            "https_proxy": NOWHERE,
            "http_proxy": NOWHERE,
            **environ,
        },
        stdout=stdout,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
