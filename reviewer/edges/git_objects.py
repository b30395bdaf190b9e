"""Reading many objects of a git repository, some of which a fetch may have left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reviewer.edges.git_process import GitProcess
from reviewer.refs import CommitSha

MOST_PATHS = 300_000
"""Files of a commit that are listed. A few trees that hold one another many times name billions."""
_FILES = (b"100644", b"100755", b"100664")


class TooManyFiles(ValueError):
    """A commit names more files than are listed."""


def tree(git: GitProcess, commit: CommitSha) -> dict[str, str]:
    """The blob ids of all plain files at a commit, by path, in git's order. Raises TooManyFiles."""
    ids: dict[str, str] = {}
    rest = b""
    rows = 0
    for piece in git.stream(["ls-tree", "-r", "-z", "--full-tree", commit]):
        *listed, rest = (rest + piece).split(b"\0")
        rows += len(listed)
        if rows > MOST_PATHS:
            raise TooManyFiles(f"more than {MOST_PATHS} files")
        for row in listed:
            described, _, path = row.partition(b"\t")
            mode, _, kind_and_id = described.partition(b" ")
            if mode in _FILES:
                name = path.decode("utf-8", "surrogateescape")
                ids[name] = kind_and_id.partition(b" ")[2].decode("ascii")
    return ids


def sizes(git: GitProcess, ids: Iterable[str]) -> dict[str, int]:
    """The bytes of those blobs that are here.

    `cat-file` ends at the first object that a fetch with a filter left out, so that git is asked
    first which are here; both questions are linear.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    here = git.run(
        [
            "rev-list",
            "--objects",
            "--no-object-names",
            "--no-walk",
            "--ignore-missing",
            "--missing=print",
            "--stdin",
        ],
        stdin="".join(f"{one}\n" for one in wanted).encode(),
    ).split()
    found = git.run(
        ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"],
        stdin=b"".join(one + b"\n" for one in here if not one.startswith(b"?")),
    )
    rows = (row.decode("ascii").split(" ") for row in found.split(b"\n") if row)
    return {row[0]: int(row[2]) for row in rows if row[1:2] == ["blob"]}


def contents(git: GitProcess, ids: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Blobs that are here, one after the other: `<id> <type> <size>`, newline, content, newline."""
    stdin = "".join(f"{one}\n" for one in ids).encode()
    if not stdin:
        return
    held = bytearray()
    wanted, head = -1, ""
    for piece in git.stream(["cat-file", "--batch"], stdin=stdin):
        held += piece
        at = 0
        while True:
            if wanted < 0:
                end = held.find(b"\n", at)
                if end < 0:
                    break
                fields = held[at:end].decode("ascii").split(" ")
                at = end + 1
                if len(fields) == 3:
                    head, wanted = fields[0], int(fields[2])
            elif len(held) - at <= wanted:
                break
            else:
                yield head, bytes(held[at : at + wanted])
                at += wanted + 1
                wanted = -1
        del held[:at]
