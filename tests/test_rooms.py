"""The one import rule: only the rooms at the edge may import what does I/O."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "reviewer"
EDGE_ROOMS = {"edges", "dashboard", "sandbox"}
IO_LIBRARIES = {
    "aiohttp", "alembic", "anthropic", "asyncio", "dbos", "flask", "github", "gunicorn", "http",
    "httpx", "httpx2", "psycopg", "requests", "socket", "sqlalchemy", "sqlite3", "ssl",
    "subprocess", "urllib3", "werkzeug",
}  # fmt: skip
MODULES = sorted(ROOT.rglob("*.py"))


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out from the top"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) > 1 else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_only_the_edge_rooms_import_io(path: Path) -> None:
    if _room(path) in EDGE_ROOMS or path.name == "cli.py":
        return
    for name in _imports(path):
        assert name.split(".")[0] not in IO_LIBRARIES, f"{path} imports {name}"
        inner = name.split(".")[1:2]
        assert not (name.startswith("reviewer.") and inner[0] in EDGE_ROOMS), (
            f"{path} imports {name}"
        )


@pytest.mark.parametrize("path", sorted((ROOT / "agent").glob("*.py")), ids=lambda p: p.name)
def test_the_agent_cannot_reach_the_room_that_writes_to_github(path: Path) -> None:
    for name in _imports(path):
        assert not name.startswith(("reviewer.edges", "reviewer.publish", "github"))


def test_rooms_are_one_level_deep() -> None:
    deep = [
        p for p in MODULES if len(p.relative_to(ROOT).parts) > 2 and "migrations" not in p.parts
    ]
    assert deep == []


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_module_grows_past_reading(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300
