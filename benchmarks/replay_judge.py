"""What the App's threads and summary are worth after each push, held against the truth."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.replay_truth import Truth, bare, by_path
from reviewer.finding import Finding, Severity
from reviewer.publish.convergence import FREE_ROUNDS
from reviewer.publish.fingerprint import Mark, listed_marks, read_mark

_CLAIM = re.compile(r"Case ([0-9a-f]{10}):")
_ROW = re.compile(r"^\| \S+ (?:critical|important|suggestion) \|(.+)\|$", re.MULTILINE)
_ROUND_ONE = re.compile(r"(\d+) (?:critical|important|suggestion)")


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread of ours as GitHub has it."""

    mark: Mark
    resolved: bool
    path: str
    line: int | None
    said_at: tuple[str, int]
    """Commit and line of the comment."""
    comment_id: int
    claim: str
    """The claim's name, where the model made it."""

    @property
    def what(self) -> str:
        """What it says, however it is worded."""
        return self.claim or self.mark.source


@dataclass(frozen=True, slots=True)
class Said:
    """Where and of what a finding was first said."""

    thread: Thread
    push: int
    text: str
    scope: str


@dataclass
class Judge:
    """Keeps what was said from push to push, and what was wrong."""

    truth: Truth
    heads: list[str] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    figures: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def push(
        self,
        base: str,
        head: str,
        threads: list[Thread],
        summaries: list[str],
    ) -> None:
        """Look at the pull request after a push was reviewed."""
        self.heads.append(head)
        live = [t for t in threads if not t.resolved]
        fired = self.truth.fired(base, head)
        self._duplicates(live)
        before = dict(self.said)
        self._note(threads)
        self._said_anew([t for f, s in self.said.items() if f not in before for t in (s.thread,)])
        self._anchors(head, live)
        self._kept(base, head, threads, fired)
        self._lost(live, summaries, fired)
        self._summary(live, summaries)

    def _fault(self, kind: str, words: str) -> None:
        self.figures[kind] += 1
        self.wrong.append(f"push {len(self.heads)}: {kind}: {words}")

    def _note(self, threads: list[Thread]) -> None:
        for thread in sorted(threads, key=lambda t: t.comment_id):
            if thread.mark.fingerprint in self.said:
                continue
            commit, line = thread.said_at
            path = self.truth.path_at(commit, thread.path)
            text = self.truth.line(commit, path, line)
            scope = self.truth.scope(commit, path, line)
            self.said[thread.mark.fingerprint] = Said(thread, len(self.heads) - 1, text, scope)
            self.figures["findings"] += 1
            self.figures["of the model"] += bool(thread.claim)

    def _duplicates(self, live: list[Thread]) -> None:
        places = Counter((t.path, t.line, t.what) for t in live if t.line is not None)
        marks = Counter(t.mark.fingerprint for t in live)
        for place, count in places.items():
            if count > 1:
                self._fault("duplicates", f"{count} threads on {place}")
        for mark, count in marks.items():
            if count > 1:
                self._fault("duplicates", f"{count} threads of {mark}")

    def _said_anew(self, new: Iterable[Thread]) -> None:
        """A new finding on the line to which another of the same kind went."""
        for thread in new:
            for said in self.said.values():
                if said.thread is thread or said.thread.what != thread.what:
                    continue
                if said.push >= len(self.heads) - 1 or said.thread.path != thread.path:
                    continue
                here, unedited = self._trace(said)
                words = f"{thread.what} {thread.path}:{thread.said_at[1]}"
                if thread.said_at[1] in here and unedited:
                    self._fault("duplicates", f"said anew: {words}")
                elif thread.said_at[1] in here and len(here) == 1:
                    self._fault("edited line said anew", words)

    def _trace(self, said: Said) -> tuple[range, bool]:
        return self.truth.traced(self.heads[said.push :], said.thread.path, said.thread.said_at[1])

    def _anchors(self, head: str, live: list[Thread]) -> None:
        for thread in live:
            if thread.line is None:
                self.figures["outdated"] += 1
                continue
            self.figures["anchors"] += 1
            said = self.said[thread.mark.fingerprint]
            text = self.truth.line(head, thread.path, thread.line)
            here, unedited = self._trace(said)
            same = bare(text) == bare(said.text)
            left = self.truth.path_at(head, said.thread.path) != said.thread.path
            if thread.line in here or (same and (left or not unedited)):
                self.figures["anchors right"] += 1
            else:
                words = f"{thread.path}:{thread.line} {text!r}, said of {said.text!r}, now {here}"
                self._fault("anchors wrong", words)

    def _kept(
        self,
        base: str,
        head: str,
        threads: list[Thread],
        fired: list[Finding],
    ) -> None:
        live = {t.mark.fingerprint for t in threads if not t.resolved}
        known = {t.mark.fingerprint for t in threads}
        added = self.truth.added(base, head)
        for fingerprint, said in self.said.items():
            path = self.truth.path_at(head, said.thread.path)
            same = self.truth.places(head, path, said.text, said.scope)
            if said.thread.claim:
                stands = any(n in added.get(path, ()) for n in same)
            else:
                source = said.thread.mark.source
                stands = any(
                    f.source == source and f.path == path and f.line in same for f in fired
                )
            if not stands or said.push == len(self.heads) - 1:
                continue
            self.figures["could be kept"] += 1
            if fingerprint in live:
                self.figures["kept"] += 1
            elif fingerprint in known:
                words = f"{said.thread.what} {path} {same} {said.text.strip()!r}"
                self._fault("wrongly resolved", words)

    def _lost(self, live: list[Thread], summaries: list[str], fired: list[Finding]) -> None:
        told: Counter[tuple[str, str]] = Counter()
        unplaced: Counter[str] = Counter()
        for thread in live:
            key = thread.mark.source, self.truth.path_at(self.heads[-1], thread.path)
            told[key] += 1 + len(thread.mark.also)
        for body in summaries:
            for mark in listed_marks(body):
                unplaced[mark.source] += 1 + len(mark.also)
        for (source, path), group in by_path(fired).items():
            self.figures["fired"] += len(group)
            missing = len(group) - told[source, path] - unplaced[source]
            late = len(self.heads) > FREE_ROUNDS and group[0].severity is Severity.SUGGESTION
            if missing > 0:
                lines = sorted(f.line for f in group)
                self._fault("held back" if late else "lost", f"{source} {path} {lines}, -{missing}")
        firing = by_path(fired)
        for (source, path), count in told.items():
            if source.startswith("rule:") and count > len(firing.get((source, path), ())):
                self._fault("stale", f"{source} {path}: {count} said")

    def _summary(self, live: list[Thread], summaries: list[str]) -> None:
        self.figures["pushes"] += 1
        if not self.said and not summaries:
            return
        if len(summaries) != 1:
            self._fault("summaries", f"{len(summaries)} of them")
            return
        rows = [[int(n) for n in row.split("|")] for row in _ROW.findall(summaries[0])]
        told = sum(row[0] + row[1] for row in rows)
        if not rows:
            told = sum(map(int, _ROUND_ONE.findall(summaries[0].partition("\n")[0])))
        stand = sum(1 + len(t.mark.also) for t in live)
        stand += sum(1 + len(mark.also) for mark in listed_marks(summaries[0]))
        if told != stand:
            first = summaries[0].partition("\n")[0]
            self._fault("summaries", f"{told} told, {stand} stand: {first} {rows}")


def thread_of(node: dict[str, Any], comments: dict[int, dict[str, Any]]) -> Thread | None:
    """A thread of ours; None for another's."""
    first = node["comments"][0]
    mark = read_mark(first["body"])
    if mark is None:
        return None
    comment = comments[first["databaseId"]]
    claim = _CLAIM.search(first["body"])
    return Thread(
        mark=mark,
        resolved=bool(node["isResolved"]),
        path=str(node["path"]),
        line=node["line"],
        said_at=(str(comment["original_commit_id"]), int(comment["original_line"] or 0)),
        comment_id=int(first["databaseId"]),
        claim=claim[1] if claim else "",
    )
