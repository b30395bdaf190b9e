"""Measures the packing on labelled bugs of a corpus: are they shown, whole, and at what cost?

    python -m benchmarks.pack_on_corpus bugs.jsonl MIRRORS

`bugs.jsonl` names repository, commits, path and lines of each bug; `MIRRORS/<owner>+<name>/repo`
holds the repositories. No model is asked. Prints one line a bug and a summary.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reviewer.agent.agent_file import parse_agent_file
from reviewer.agent.find import passes
from reviewer.agent.material import Material, PullText
from reviewer.agent.pack import Packed
from reviewer.agent.prompt import Prompter
from reviewer.agent.prompts_dir import read_prompt
from reviewer.agent.read import packed_units
from reviewer.agent.reading import Reading
from reviewer.agent.request import ModelRequest
from reviewer.agent.tools import TOOL_SPECS
from reviewer.detect.run import detect
from reviewer.edges.code_reader import with_texts
from reviewer.edges.git import Git
from reviewer.edges.model_wire import as_sent
from reviewer.edges.repository_reader import read_repository
from reviewer.evidence import EvidenceReport
from reviewer.pull.base import repository_before
from reviewer.pull.diff import is_rust
from reviewer.pull.parse import parse_diff
from reviewer.refs import commit_sha
from reviewer.rust.file import RustFile
from reviewer.rust.lookup import lookup
from reviewer.sandbox.model_cache import PromptCache
from reviewer.scope.classify import classify

CLAIM = "CLAIM c1\n" + "x" * 900
CLAIMS = 3
"""Second readings that are counted for each change, all about its first unit."""


def material_at(directory: Path, base: str, head: str) -> tuple[Material, str]:
    git = Git(directory)
    base_sha, head_sha = commit_sha(base), commit_sha(head)
    text = git.diff(base_sha, head_sha)
    code = with_texts(git, parse_diff(text), head_sha, 1024)
    trees = {path: RustFile.parse(path, text) for path, text in code.heads.items()}
    scope = classify(
        (f, code.heads.get(f.path), trees.get(f.path))
        for f in code.diff.files
        if is_rust(f.path) or is_rust(f.old_path)
    )
    repository = read_repository(git, head_sha, 1024)
    files = [(f, trees[f.path]) for f in code.diff.files if f.path in trees]
    return Material(
        agent=parse_agent_file(read_prompt("agent.md")),
        pull=PullText("A change", "It changes things."),
        diff=code.diff,
        heads=code.heads,
        unread=code.unread,
        scope=scope,
        evidence=EvidenceReport(tuple(detect(files, scope))),
        item_at=lookup(trees),
        head=repository,
        base=repository_before(code.diff, repository),
        nonce="0" * 32,
    ), text


def shown_lines(packed: Packed, path: str) -> dict[int, str]:
    """Head lines of a file as the views number them."""
    found: dict[int, str] = {}
    for unit in packed.units:
        current = ""
        for line in unit.diff_view.split("\n"):
            if line.startswith("### FILE "):
                current = line[9:].rpartition(" (")[0]
            match = re.match(r"R(\d+)(?: [+ ](?: (.*))?)?\Z", line)
            if match and current == path:
                found[int(match[1])] = match[2] or ""
    return found


def requests_of(material: Material, packed: Packed, depth: Any) -> tuple[list[ModelRequest], ...]:
    reading = Reading("claude-sonnet-5-5", depth=depth)
    prompter = Prompter(material, reading, TOOL_SPECS)
    planned = passes(packed.units, material.scope, material.changed_lines, reading)
    finds = [prompter.find(p.unit.reordered(p.order), p.lens) for p in planned]
    verifies = [prompter.verify(packed.units[0], f"{CLAIM}{n}") for n in range(CLAIMS)]
    return finds, verifies


def chars(request: ModelRequest) -> int:
    return len(json.dumps(as_sent(request), ensure_ascii=False))


def served(requests: Sequence[ModelRequest], cache: PromptCache) -> tuple[int, int]:
    """Input tokens in all, and those that the cache gave, one call after the other."""
    total = read = 0
    for request in requests:
        usage = cache.serve(as_sent(request))
        read += usage.read
        total += usage.read + usage.write_1h + usage.write_5m + usage.input_tokens
    return total, read


def measure(bug: dict[str, Any], mirrors: Path) -> dict[str, Any]:
    directory = mirrors / bug["repo"].replace("/", "+") / "repo"
    material, diff = material_at(directory, bug["base_sha"], bug["head_sha"])
    packed = packed_units(material)
    shown = shown_lines(packed, bug["path"])
    head = (material.head.text(bug["path"]) or "").split("\n")
    first, last = bug["lines"]
    right = all(
        n in shown and shown[n].strip() == head[n - 1].strip() for n in range(first, last + 1)
    )
    item = material.item_at(bug["path"], last)
    while (
        item is not None and item.kind in ("mod", "impl", "trait") and item.end - item.start > 200
    ):
        item = None  # the enclosing item of a line between items is no single thing
    whole = item is None or all(n in shown for n in range(item.start, item.end + 1))
    finds, verifies = requests_of(material, packed, "standard")
    cache = PromptCache()
    find_tokens, find_read = served(finds, cache)
    verify_tokens, verify_read = served(verifies, cache)
    return {
        "id": bug["id"],
        "right": right,
        "whole": whole,
        "item": f"{item.name_path} {item.start}-{item.end}" if item else "",
        "units": len(packed.units),
        "changed": material.changed_lines,
        "not_packed": len(packed.not_packed),
        "diff_chars": len(diff),
        "view_chars": sum(len(u.diff_view) for u in packed.units),
        "context_tokens": max((len(u.context) / 2.5 for u in packed.units), default=0),
        "finds": len(finds),
        "find_chars": sum(map(chars, finds)),
        "verify_chars": sum(map(chars, verifies)),
        "find_cached": find_read / max(1, find_tokens),
        "all_cached": (find_read + verify_read) / max(1, find_tokens + verify_tokens),
    }


def p90(values: Sequence[float]) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(0.9 * len(ordered)))]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("bugs", type=Path, help="one JSON object a line")
    parser.add_argument("mirrors", type=Path)
    arguments = parser.parse_args()
    bugs = [json.loads(line) for line in arguments.bugs.read_text().splitlines()]
    rows = []
    for bug in bugs:
        row = measure(bug, arguments.mirrors)
        rows.append(row)
        print(json.dumps(row), flush=True)
    print(f"labelled lines with the right number: {sum(r['right'] for r in rows)}/{len(rows)}")
    print(f"enclosing item whole: {sum(r['whole'] for r in rows)}/{len(rows)}")
    for key in rows[0]:
        if isinstance(rows[0][key], int | float) and key not in ("right", "whole"):
            values = [row[key] for row in rows]
            print(f"{key}: median {statistics.median(values):,.2f}, p90 {p90(values):,.2f}")


if __name__ == "__main__":
    main()
