"""What a round knows of the code when it looks at what was said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from reviewer.finding import Finding
from reviewer.looks import Missed
from reviewer.publish.anchors import FileNow
from reviewer.publish.fingerprint import scope_key
from reviewer.publish.standing import Standing
from reviewer.pull.diff import Side
from reviewer.refs import CommitSha


@dataclass(frozen=True)
class Now:
    """What a round knows of the code."""

    files: Mapping[str, FileNow]
    """The files of the change by head path, as far as they could be read."""
    unread: frozenset[str] = frozenset()
    """Head paths of the change that could not be read, so that nothing is known of them."""
    renames: Mapping[str, str] = field(default_factory=dict)
    """Paths as comments have them -> head paths."""
    changed: Mapping[str, frozenset[int]] | None = None
    """By path the head lines that differ from the last reviewed head; None if not known."""
    before: Mapping[tuple[CommitSha, str], FileNow] = field(default_factory=dict)
    """By head commit and path the files as they were when findings were said, where still had."""
    looked_at: frozenset[tuple[str, str]] = frozenset()
    """Head path and scope path of each item that the model read in this round."""
    missed: tuple[Missed, ...] = ()
    """Looks that could not be made in this round."""
    read_whole: bool = False
    """Whether somebody asked for all of it to be read again, and all of it was."""

    def path_of(self, one: Standing) -> str:
        """Where the file of a standing finding is now."""
        return self.renames.get(one.path, one.path)

    def before_of(self, one: Standing) -> FileNow | None:
        """The file as it was when a finding was said; None if it is not had any more."""
        return self.before.get((one.head_sha, one.path)) if one.head_sha else None

    def changed_in(self, path: str) -> frozenset[int] | None:
        """The head lines of a file that differ; None if not known."""
        return None if self.changed is None else self.changed.get(path, frozenset())

    def is_new(self, finding: Finding) -> bool:
        """Whether the finding is on a line that nobody has read before, as far as is known."""
        changed = self.changed_in(finding.path)
        if changed is None or finding.side is Side.RIGHT:
            return changed is not None and finding.line in changed
        file = self.files.get(finding.path)
        gap = file.removed.get(finding.line) if file is not None else None
        return gap is not None and not changed.isdisjoint(gap.beside)

    def may_be_missing(self, one: Standing, path: str) -> bool:
        """Whether it may be there, though the rule that found it says nothing."""
        return any(missed.may_hide(one.source, path) for missed in self.missed)

    def was_read(self, path: str, scope: str) -> bool:
        """Whether the model read the item of this scope key; one that is gone, with its file."""
        file = self.files.get(path)
        if file is not None and not file.has_scope(scope):
            return any(read == path for read, _ in self.looked_at)
        return (path, scope) in self._read

    @cached_property
    def _read(self) -> frozenset[tuple[str, str]]:
        return frozenset((path, scope_key(scope)) for path, scope in self.looked_at)
