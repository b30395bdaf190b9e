"""Cuts the operations that the stand-in serves out of GitHub's OpenAPI description.

    python -m tests.contract.extract FULL.json

writes `github-openapi.json` beside this file. FULL.json is the description as JSON Schema 2020-12;
the README says where it comes from.
"""

from __future__ import annotations

import copy
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "github-openapi.json"
UNSERVED = {
    "apps/create-from-manifest",
    "git/get-commit",
    "git/get-ref",
    "pulls/request-reviewers",
    "repos/compare-commits",
    "repos/create-commit-status",
    "repos/create-or-update-file-contents",
    "repos/get-combined-status-for-ref",
}
"""Operations of the full description that the stand-in has no handler for."""

NULL_ONCE_OUTDATED = {
    "pull-request-review-comment": ("line", "position"),
    "review-comment": ("line",),
}
"""Where the description says "integer" and the service answers null: a comment whose line has left
the diff. The service is followed."""

USER_OR_ENTERPRISE = "/app/installations"
"""Where the description asks of an account to be a user and an enterprise at once; the schema
`installation`, which it has for the same thing elsewhere, says "or", and is taken instead."""

BARE_LIST = "/repos/{owner}/{repo}/issues/{issue_number}/labels"
"""Where the description wants an object, and the service also takes the bare list of names that
PyGithub has always sent."""


def extract(full: dict[str, Any]) -> dict[str, Any]:
    """The served operations with all that they refer to."""
    full = copy.deepcopy(full)
    paths: dict[str, Any] = {}
    for path, methods in full["paths"].items():
        kept = {
            method: {
                name: op[name] for name in ("operationId", "requestBody", "responses") if name in op
            }
            for method, op in methods.items()
            if op["operationId"] not in UNSERVED
        }
        if kept:
            paths[path] = kept
    listed = paths[USER_OR_ENTERPRISE]["get"]["responses"]["200"]
    listed["content"]["application/json"]["schema"] = {
        "type": "array",
        "items": {"$ref": "#/components/schemas/installation"},
    }
    labels = paths[BARE_LIST]["post"]["requestBody"]["content"]["application/json"]["schema"]
    labels["oneOf"].append({"type": "array", "items": {"type": "string"}})
    components: dict[str, dict[str, Any]] = {}
    waiting = _references(paths)
    while waiting:
        reference = waiting.pop()
        _, _, group, name = reference.split("/")
        if name in components.setdefault(group, {}):
            continue
        components[group][name] = full["components"][group][name]
        waiting |= _references(components[group][name])
    for schema, names in NULL_ONCE_OUTDATED.items():
        for name in names:
            components["schemas"][schema]["properties"][name]["type"] = ["integer", "null"]
    info = {key: full["info"][key] for key in ("title", "version", "license")}
    return {"info": info, "paths": paths, "components": components}


def _references(part: Any) -> set[str]:
    if isinstance(part, list):
        return set().union(*map(_references, part)) if part else set()
    if not isinstance(part, dict):
        return set()
    found = {part["$ref"]} if isinstance(part.get("$ref"), str) else set()
    return found.union(*map(_references, part.values())) if part else found


def main() -> None:
    """Read the full description and write the part."""
    full = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    text = json.dumps(extract(full), sort_keys=True, separators=(",", ":"))
    # one operation or schema a line, so that a change can be read
    HERE.write_text(text.replace('},"', '},\n"') + "\n", "utf-8")


if __name__ == "__main__":
    main()
