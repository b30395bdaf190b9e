"""A file that is pushed again and again, and the comments that are made on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from reviewer.finding import Finding
from reviewer.publish.anchors import FileNow
from reviewer.publish.fingerprint import fingerprints
from reviewer.publish.markdown import comment_body
from reviewer.publish.placement import Inline, Placed
from reviewer.publish.plan import Entry
from reviewer.publish.reconcile import New
from reviewer.publish.round_now import Now
from reviewer.publish.standing import OwnComment, Standing, Thread, rebuild
from reviewer.refs import commit_sha
from reviewer.rust.file import RustFile
from tests.support.findings import a_finding

HEAD = commit_sha("ab" * 20)
PATH = "src/book.rs"


@dataclass
class Source:
    """Functions with their lines; a line is written as `number:text` and known by its number."""

    functions: dict[str, list[tuple[int, str]]]
    path: str = PATH
    indent: str = "    "
    order: list[str] = field(default_factory=list)

    def lines(self) -> list[tuple[int, str]]:
        """The file's lines; what belongs to no numbered line has the number 0."""
        out: list[tuple[int, str]] = []
        for name in self.order or list(self.functions):
            out.append((0, f"fn {name}() {{"))
            out += [(number, self.indent + text) for number, text in self.functions[name]]
            out += [(0, "}"), (0, "")]
        return out

    def tree(self) -> RustFile:
        """The file as it is parsed."""
        return RustFile.parse(self.path, "".join(text + "\n" for _, text in self.lines()))

    def line_of(self, number: int) -> int | None:
        """Where a numbered line is."""
        numbers = [number for number, _ in self.lines()]
        return numbers.index(number) + 1 if number in numbers else None

    def finding(self, number: int, **changes: object) -> Finding:
        """A model's finding on a numbered line."""
        tree, line = self.tree(), self.line_of(number)
        assert line is not None
        made = a_finding(
            path=self.path,
            line=line,
            quote=tree.line(line),
            scope_path=tree.scope_path(line),
            title=f"Claim {number * 7919} is about value{number * 104729}",
            source="model",
        )
        return replace(made, **changes)  # type: ignore[arg-type]

    def now(
        self,
        *,
        changed: Iterable[int] | None = None,
        renames: Mapping[str, str] | None = None,
        read: bool = True,
    ) -> Now:
        """The round in which the whole file is in the change; `read`: by the model too."""
        tree = self.tree()
        every = frozenset(range(1, len(tree.lines) + 1))
        scopes = {item.name_path for item in tree.items}
        return Now(
            files={self.path: FileNow(tree.lines, every, tree.scope_path, scopes)},
            renames=renames or {},
            changed=None if changed is None else {self.path: frozenset(changed)},
            looked_at=frozenset((self.path, scope) for scope in scopes) if read else frozenset(),
        )


def comment(new: New, comment_id: int = 1, *, line: int | None = -1) -> OwnComment:
    """The comment as it is posted, `line` where GitHub shows it since; -1: where it was made."""
    finding = new.finding
    place = Inline(finding.path, finding.side, finding.line)
    return OwnComment(
        comment_id=comment_id,
        body=comment_body(Entry(new.fingerprint, Placed(finding, place)), HEAD, 1),
        path=finding.path,
        side=finding.side,
        line=finding.line if line == -1 else line,
        original_line=finding.line,
        thread_id=f"thread {comment_id}",
    )


def said(
    findings: Sequence[Finding],
    threads: Mapping[str, Thread] | None = None,
    lines: Sequence[int | None] = (),
) -> tuple[Standing, ...]:
    """What stands once these findings were said; `lines` are where GitHub shows them now."""
    made = []
    for index, (finding, identity) in enumerate(
        zip(findings, fingerprints(findings), strict=True), 1
    ):
        line = lines[index - 1] if lines else finding.line
        made.append(comment(New(finding, identity), index, line=line))
    return rebuild(made, threads or {})


def settled(*thread_ids: int, dismissed: bool = False) -> dict[str, Thread]:
    """Threads that a person resolved who may dismiss, or dismissed."""
    names = [f"thread {number}" for number in thread_ids]
    return {name: Thread(name, resolved=not dismissed, dismissed=dismissed) for name in names}
