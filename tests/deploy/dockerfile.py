"""Runs the steps of a Dockerfile without a container engine: a directory stands for the root.

What only an engine can do (another user, the distribution's packages) is skipped by a list.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

SKIPPED = ("apt-get", "chown", "groupadd", "rm -rf /var/lib/apt/lists/*", "useradd")
MAPPED = ("/opt", "/src", "/var/lib/trading-reviewer")
"""Directories of the image. A step that names any other absolute path is an error."""

_MAPPED = re.compile(rf"(?<![\w./-])(?:{'|'.join(MAPPED)})(?![\w.-])")
_ABSOLUTE = re.compile(r"(?<![\w./:-])/\w[\w./-]*")


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction, its continued lines joined."""

    word: str
    text: str


@dataclass(slots=True)
class Stage:
    """What one FROM begins."""

    base: str
    name: str
    steps: list[Step] = field(default_factory=list)

    def texts(self, word: str) -> list[str]:
        """What stands behind each instruction of this word."""
        return [step.text for step in self.steps if step.word == word]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """Build arguments before the first FROM, and the stages."""

    arguments: dict[str, str]
    stages: list[Stage]

    @classmethod
    def parse(cls, text: str) -> Dockerfile:
        """Read the file; comments may stand between continued lines."""
        arguments: dict[str, str] = {}
        stages: list[Stage] = []
        for step in _steps(text):
            if step.word == "FROM":
                base, _, name = step.text.partition(" AS ")
                stages.append(Stage(base, name))
            elif stages:
                stages[-1].steps.append(step)
            else:
                assert step.word == "ARG", f"{step.word} stands before FROM"
                name, _, default = step.text.partition("=")
                arguments[name] = default
        return cls(arguments, stages)


def _steps(text: str) -> list[Step]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines) + "\n")
    return [Step(*line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


class Build:
    """Builds stage by stage, all at the same path, since scripts name their interpreter."""

    def __init__(self, dockerfile: Dockerfile, context: Path, directory: Path) -> None:
        self.root = directory / "root"
        self.env: dict[str, str] = {}
        self.skipped: list[str] = []
        self._context = context
        self._ignored = _ignore_rules(context / ".dockerignore")
        self._directory = directory
        self._workdir = self.root
        directory.mkdir(parents=True, exist_ok=True)
        for stage in dockerfile.stages:
            if self.root.exists():
                raise AssertionError("only the last stage may go without a name")
            self._run_stage(stage)
            if stage is not dockerfile.stages[-1]:
                self.root.rename(directory / stage.name)

    def environ(self, **more: str) -> dict[str, str]:
        """What a process in the image sees; pip keeps this machine's cache and way to packages."""
        python = self._directory / "base"
        python.mkdir(exist_ok=True)
        interpreter = python / "python"
        interpreter.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n')
        interpreter.chmod(0o755)
        outside = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "VIRTUAL_ENV", "REVIEWER_", "ANTHROPIC_"))
        }
        path = f"{python}{os.pathsep}{os.environ['PATH']}"
        own = {name: value.replace("$PATH", path) for name, value in self.env.items()}
        return {**outside, "PATH": path, **own, **more}

    def inside(self, path: str) -> Path:
        """Where an absolute path of the image lies."""
        return self.root / path.lstrip("/")

    def _run_stage(self, stage: Stage) -> None:
        self.root.mkdir()
        self.env, self._workdir = {}, self.root
        for step in stage.steps:
            if step.word == "ENV":
                pairs = (entry.partition("=") for entry in shlex.split(step.text))
                self.env |= {name: self._mapped(value) for name, _, value in pairs}
            elif step.word == "WORKDIR":
                self._workdir = self.inside(step.text)
                self._workdir.mkdir(parents=True, exist_ok=True)
            elif step.word == "COPY":
                self._copy(shlex.split(step.text))
            elif step.word == "RUN":
                for command in step.text.split(" && "):
                    self._run(command.strip())

    def _mapped(self, text: str) -> str:
        return _MAPPED.sub(lambda match: str(self.inside(match[0])), text)

    def _run(self, command: str) -> None:
        if command.startswith(SKIPPED):
            self.skipped.append(command)
            return
        foreign = [path for path in _ABSOLUTE.findall(command) if not _MAPPED.match(path)]
        assert not foreign, f"{foreign} lies outside of what stands for the image: {command}"
        done = subprocess.run(
            ["sh", "-ec", self._mapped(command)],
            cwd=self._workdir,
            env=self.environ(),
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"RUN {command}\n{done.stdout}{done.stderr}"

    def _copy(self, words: list[str]) -> None:
        origin = self._context
        if words[0].startswith("--from="):
            origin = self._directory / words.pop(0).removeprefix("--from=")
        *sources, target = words
        place = self.inside(target) if target.startswith("/") else self._workdir / target
        for source in sources:
            found = origin / source.lstrip("/")
            if origin is self._context:
                assert not self._is_ignored(source), f".dockerignore leaves {source} out"
            if found.is_dir():
                shutil.copytree(
                    found,
                    place,
                    symlinks=True,
                    dirs_exist_ok=True,
                    ignore=self._leave_out,
                    # An earlier stage is not used any more, so its files need no second copy.
                    copy_function=shutil.copy2 if origin is self._context else os.link,
                )
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, place)

    def _leave_out(self, directory: str, names: list[str]) -> set[str]:
        where = Path(directory)
        if not where.is_relative_to(self._context):
            return set()
        inner = where.relative_to(self._context)
        return {name for name in names if self._is_ignored(str(inner / name))}

    def _is_ignored(self, path: str) -> bool:
        """Whether the last rule that fits the path, or a directory above it, leaves it out."""
        above = [path, *(str(parent) for parent in Path(path).parents if str(parent) != ".")]
        ignored = False
        for pattern, wanted in self._ignored:
            anywhere = pattern.removeprefix("**/")
            if any(
                fnmatch(entry, pattern)
                or (anywhere != pattern and fnmatch(Path(entry).name, anywhere))
                for entry in above
            ):
                ignored = not wanted
        return ignored


def _ignore_rules(file: Path) -> list[tuple[str, bool]]:
    lines = [line.strip() for line in file.read_text().splitlines()]
    return [
        (line.removeprefix("!"), line.startswith("!"))
        for line in lines
        if line and not line.startswith("#")
    ]


def health_command(stage: Stage) -> list[str]:
    """The command of the HEALTHCHECK."""
    (text,) = stage.texts("HEALTHCHECK")
    command: list[str] = json.loads(text.partition(" CMD ")[2])
    return command
