"""What is known of a head without the App: its lines, where they came from, and what fires."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

from benchmarks.replay_claims import claimed_lines
from reviewer.edges.code_reader import with_texts
from reviewer.edges.git import Git
from reviewer.edges.repository_reader import read_repository
from reviewer.finding import Finding
from reviewer.gathering import gather
from reviewer.policy.policy import Policy
from reviewer.pull.diff import is_rust
from reviewer.pull.parse import parse_diff
from reviewer.pull.texts import Code
from reviewer.refs import commit_sha
from reviewer.rust.file import RustFile
from reviewer.rust.repository import Repository
from reviewer.scope.classify import classify
from reviewer.scope.rooms import Scope
from tests.support.git_repo import GitRepo

_HUNK = re.compile(r"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)


def bare(line: str) -> str:
    """A line without its blanks."""
    return re.sub(r"\s+", "", line)


@dataclass
class Truth:
    """The heads of one pull request."""

    repo: GitRepo
    renamed: dict[str, str] = field(default_factory=dict)
    """Old path -> new path, where the replay renames a file."""
    _files: dict[tuple[str, str], RustFile | None] = field(default_factory=dict)

    def file(self, head: str, path: str) -> RustFile | None:
        """A file of a head; None where there is none."""
        key = (head, path)
        if key not in self._files:
            names = self.repo.git("ls-tree", "--name-only", "-z", head, "--", path)
            text = self.repo.git("show", f"{head}:{path}").decode() if names else None
            self._files[key] = RustFile.parse(path, text) if text is not None else None
        return self._files[key]

    def line(self, head: str, path: str, number: int) -> str:
        """One line; empty beyond the file."""
        file = self.file(head, path)
        return file.line(number) if file and 1 <= number <= len(file.lines) else ""

    def path_at(self, head: str, path: str) -> str:
        """Where a file is at a head."""
        new = self.renamed.get(path)
        return new if new and self.file(head, path) is None else path

    def traced(self, heads: list[str], path: str, line: int) -> tuple[range, bool]:
        """Where a line of the first head went: its lines in the last one, and whether unedited."""
        here, kept = range(line, line + 1), True
        for old, new in pairwise(heads):
            was, now = self.path_at(old, path), self.path_at(new, path)
            here, same = self._step(old, new, was, now, here)
            kept = kept and same
        return here, kept

    def places(self, head: str, path: str, text: str, scope: str) -> list[int]:
        """Lines of a head that read so, blanks aside, in the same item."""
        file = self.file(head, path)
        if file is None:
            return []
        return [
            number
            for number, line in enumerate(file.lines, 1)
            if bare(line) == bare(text) and file.scope_path(number) == scope
        ]

    def scope(self, head: str, path: str, line: int) -> str:
        """The item around a line."""
        file = self.file(head, path)
        return file.scope_path(line) if file else ""

    def fired(self, base: str, head: str) -> list[Finding]:
        """What the rules say of the pull request, each once a line, as the App's own steps do."""
        code, trees, repository, scope = self._read(base, head)
        if not scope.paths:
            return []
        found = gather(code, trees, repository, scope, Policy(), ()).findings
        once = {(f.source, f.path, f.side, f.line): f for f in found}
        return list(once.values())

    def claimed(self, base: str, head: str, path: str, claims: dict[str, str]) -> int:
        """How many added lines of a file the model would claim something about."""
        path = self.path_at(head, path)
        if path not in self._read(base, head)[3].paths:
            return 0
        lines = [self.line(head, path, n) for n in self.added(base, head).get(path, ())]
        return sum(line.strip() in claims for line in lines)

    def _read(self, base: str, head: str) -> tuple[Code, dict[str, RustFile], Repository, Scope]:
        git = Git(self.repo.path / ".git")
        head_sha = commit_sha(head)
        code = with_texts(git, parse_diff(self.diff(base, head)), head_sha, 1024)
        trees = {path: RustFile.parse(path, text) for path, text in code.heads.items()}
        repository = read_repository(git, head_sha, 1024, changed=[f.path for f in code.diff.files])
        scope = classify(
            (
                (f, code.heads.get(f.path), trees.get(f.path))
                for f in code.diff.files
                if is_rust(f.path) or is_rust(f.old_path)
            ),
            paths=repository.paths,
        )
        return code, trees, repository, scope

    def added(self, base: str, head: str) -> dict[str, set[int]]:
        """Added lines of the pull request by path."""
        diff = parse_diff(self.diff(base, head))
        return {f.path: set(f.added_numbers()) for f in diff.files}

    def diff(self, base: str, head: str) -> str:
        """From the merge base, as GitHub shows it."""
        fork = self.repo.git("merge-base", base, head).decode().strip()
        return self.repo.diff(fork, head)

    def claims(self, base: str, heads: list[str], path: str) -> dict[str, str]:
        """Claimed lines of a file over all heads."""
        versions = []
        for head in (base, *heads):
            file = self.file(head, self.path_at(head, path))
            if file is not None:
                versions.append(list(file.lines))
        return claimed_lines(versions)

    @lru_cache(maxsize=256)  # noqa: B019 - lives as long as the replay
    def _hunks(self, old: str, new: str, was: str, now: str) -> tuple[tuple[int, ...], ...]:
        if self.file(old, was) is None or self.file(new, now) is None:
            return ()
        text = self.repo.git("diff", "-U0", "--histogram", f"{old}:{was}", f"{new}:{now}")
        rows = _HUNK.findall(text.decode("utf-8", "replace"))
        return tuple(tuple(int(n) if n else 1 for n in row) for row in rows)

    def _step(self, old: str, new: str, was: str, now: str, here: range) -> tuple[range, bool]:
        if self.file(new, now) is None:
            return range(0), False
        first = [self._moved(old, new, was, now, line) for line in here]
        lines = [line for found, _ in first for line in found]
        if not lines:
            return range(0), False
        return range(min(lines), max(lines) + 1), all(same for _, same in first)

    def _moved(self, old: str, new: str, was: str, now: str, line: int) -> tuple[range, bool]:
        shift = 0
        for start, count, begin, length in self._hunks(old, new, was, now):
            if count == 0:
                if line > start:
                    shift += length
            elif line >= start + count:
                shift += length - count
            elif line >= start:
                return range(begin, begin + length), False
        return range(line + shift, line + shift + 1), True

    def __hash__(self) -> int:
        return id(self)


def by_path(findings: list[Finding]) -> dict[tuple[str, str], list[Finding]]:
    """By source and path."""
    groups: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.source, finding.path].append(finding)
    return groups
