"""The checker catches what it is there for, and knows every route of the stand-in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewer.sandbox.github_app import create_app
from reviewer.sandbox.github_traffic import kind_of
from tests.contract.checker import UNDESCRIBED, Exchange, contract

REFUSED = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}
REACTIONS = "/repos/acme/exchange/issues/comments/7/reactions"
REACTION = {
    "id": 1,
    "node_id": "x",
    "user": None,
    "content": "eyes",
    "created_at": "2026-01-05T09:30:00Z",
}


def _problems(method: str, path: str, request: object, status: int, response: object) -> list[str]:
    return contract().violations(Exchange(method, path, request, status, response))


def test_what_is_described_passes() -> None:
    assert _problems("POST", REACTIONS, {"content": "eyes"}, 201, REACTION) == []
    assert _problems("GET", REACTIONS, None, 200, [REACTION]) == []
    assert _problems("GET", REACTIONS, None, 404, REFUSED) == []
    assert _problems("GET", REACTIONS, None, 304, None) == []


@pytest.mark.parametrize(
    ("method", "path", "request_body", "status", "response", "says"),
    [
        ("POST", REACTIONS, {"content": "tada"}, 201, REACTION, "request at /content"),
        ("POST", REACTIONS, None, 201, REACTION, "no body and was accepted"),
        ("POST", REACTIONS, {"content": "eyes"}, 201, {**REACTION, "id": "1"}, "answer at /id"),
        ("POST", REACTIONS, {"content": "eyes"}, 202, REACTION, "status is not described"),
        ("GET", REACTIONS, None, 200, [{**REACTION, "created_at": "now"}], "date-time"),
        ("GET", REACTIONS, None, 404, {"error": 1, "message": 2}, "error shapes"),
        ("GET", REACTIONS, None, 200, None, "no body and one is described"),
        ("GET", "/repos/acme/exchange/secrets", None, 200, {}, "not described"),
        ("DELETE", f"{REACTIONS}/1", None, 204, {"id": 1}, "none is described"),
    ],
)
def test_what_is_not_described_is_reported(
    method: str, path: str, request_body: object, status: int, response: object, says: str
) -> None:
    (problem,) = _problems(method, path, request_body, status, response)
    assert says in problem
    assert problem.startswith(f"{method} {path} -> {status}")


def test_a_wrong_request_may_be_refused() -> None:
    assert _problems("POST", REACTIONS, {"content": "tada"}, 422, REFUSED) == []


def test_a_fault_excuses_the_answer_but_not_the_request() -> None:
    broken = Exchange("POST", REACTIONS, {"content": "tada"}, 502, "oops", fault=True)
    assert len(contract().violations(broken)) == 1


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/repos/a/b/commits/main/check-runs", "/repos/{owner}/{repo}/commits/{ref}/check-runs"),
        ("/repos/a/b/commits/feat/x", "/repos/{owner}/{repo}/commits/{ref}"),
        ("/repos/a/b/contents/src/a.rs", "/repos/{owner}/{repo}/contents/{path}"),
        ("/repos/a/b/pulls/comments/3", "/repos/{owner}/{repo}/pulls/comments/{comment_id}"),
        ("/repos/a/b/pulls/3", "/repos/{owner}/{repo}/pulls/{pull_number}"),
    ],
)
def test_a_path_meets_its_most_exact_template(path: str, template: str) -> None:
    assert contract().template("GET", path) == template


def _served(root: Path) -> set[tuple[str, str]]:
    rules = create_app(root).flask.url_map.iter_rules()
    return {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in rules
        if kind_of(rule.rule) == "api"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def _example(path: str) -> str:
    """A path with numbers for ids and words for names."""
    numbers = re.sub(r"\{(?:number|run_id|\w+_id)\}", "7", path)
    return re.sub(r"\{\w+\}", "word", numbers)


def test_every_route_of_the_stand_in_is_described(tmp_path: Path) -> None:
    for method, path in _served(tmp_path):
        example = _example(path).removesuffix("/")
        known = any(method == m and re.fullmatch(p, example) for m, p in UNDESCRIBED)
        # without a name they lead to the root, or to the default branch
        short = example.endswith(("/contents", "/tarball"))
        assert known or short or contract().template(method, example), f"{method} {path}"


def test_every_described_operation_is_served(tmp_path: Path) -> None:
    served = {
        (method, contract().template(method, _example(path))) for method, path in _served(tmp_path)
    }
    assert set(contract().operations()) <= served
