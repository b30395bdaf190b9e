"""Holds exchanges of the REST API against GitHub's own description of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.contract.graphql_checker import graphql_problems

_FILE = Path(__file__).parent / "github-openapi.json"
_BASE = "urn:github"
_MANY_SEGMENTS = {"path", "ref", "basehead", "branch", "tree_sha"}

UNDESCRIBED = {
    ("DELETE", r"/repos/[^/]+/[^/]+/pulls/comments/\d+/reactions/\d+"),
    ("DELETE", r"/repos/[^/]+/[^/]+/issues/\d+/labels/[^/]+"),
    ("DELETE", r"/repos/[^/]+/[^/]+/issues/\d+/reactions/\d+"),
    ("DELETE", r"/repos/[^/]+/[^/]+/pulls/\d+/reviews/\d+"),
    ("GET", r"/repos/[^/]+/[^/]+/actions/artifacts"),
    ("GET", r"/repos/[^/]+/[^/]+/actions/artifacts/\d+/zip"),
    ("GET", r"/repos/[^/]+/[^/]+/code-scanning/alerts"),
    ("GET", r"/repos/[^/]+/[^/]+/issues/\d+/reactions"),
    ("GET", r"/repos/[^/]+/[^/]+/pulls/comments/\d+/reactions"),
    ("GET", r"/repos/[^/]+/[^/]+/pulls/\d+/reviews/\d+"),
    ("POST", r"/graphql"),
    ("POST", r"/repos/[^/]+/[^/]+/check-runs/\d+/rerequest"),
    ("PUT", r"/repos/[^/]+/[^/]+/pulls/\d+/merge"),
}
"""What GitHub serves and our part of its description leaves out."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer; bodies are parsed JSON, None where there is none."""

    method: str
    path: str
    request: Any
    status: int
    response: Any
    content_type: str = "application/json"
    fault: bool = False


class Contract:
    """The description, with a validator for each part that was asked for."""

    def __init__(self, file: Path = _FILE) -> None:
        self._document = json.loads(file.read_text("utf-8"))
        self._registry = jsonschema_rs.Registry([(_BASE, self._document)])
        self._paths: list[tuple[re.Pattern[str], str]] = sorted(
            ((_pattern(path), path) for path in self._document["paths"]),
            # the more of a path is spelled out, the more exactly it is meant
            key=lambda pair: (-_literals(pair[1]), pair[1]),
        )
        self._validator = lru_cache(maxsize=None)(self._build)

    def operations(self) -> list[tuple[str, str]]:
        """Every described operation: method and path template."""
        return [
            (method.upper(), path)
            for path, methods in self._document["paths"].items()
            for method in methods
        ]

    def template(self, method: str, path: str) -> str | None:
        """The path template that a request meets, or None."""
        for pattern, template in self._paths:
            methods = self._document["paths"][template]
            if pattern.fullmatch(path) and method.lower() in methods:
                return template
        return None

    def violations(self, exchange: Exchange) -> list[str]:
        """What is wrong with an exchange, one line each; empty when nothing is."""
        if exchange.path == "/graphql":
            problems = graphql_problems(exchange.request, exchange.status, exchange.response)
            return [f"POST /graphql -> {exchange.status}: {problem}" for problem in problems]
        template = self.template(exchange.method, exchange.path)
        where = f"{exchange.method} {exchange.path} -> {exchange.status}"
        if template is None:
            known = any(
                exchange.method == method and re.fullmatch(path, exchange.path)
                for method, path in UNDESCRIBED
            )
            refused = exchange.status in (401, 404)
            return [] if known or refused else [f"{where}: the operation is not described"]
        found = list(self._request_problems(exchange, template))
        if not exchange.fault:
            found += self._response_problems(exchange, template)
        return [f"{where}: {problem}" for problem in found]

    def _request_problems(self, exchange: Exchange, template: str) -> Iterator[str]:
        # a wrong request is no fault of ours as long as it is refused
        if exchange.status >= 400 and not exchange.fault:
            return
        operation = self._document["paths"][template][exchange.method.lower()]
        body = operation.get("requestBody", {})
        if exchange.request is None:
            if body.get("required"):
                yield "the request has no body and was accepted"
        elif "content" in body:
            pointer = ("requestBody", "content", "application/json", "schema")
            yield from self._problems("request", exchange.request, template, exchange, *pointer)

    def _response_problems(self, exchange: Exchange, template: str) -> Iterator[str]:
        operation = self._document["paths"][template][exchange.method.lower()]
        if exchange.status in (301, 307):
            # whatever is asked of a repository that was renamed
            yield from self._error_problems(exchange)
            return
        status = str(exchange.status)
        described = operation["responses"].get(status)
        is_json = "json" in exchange.content_type
        if described is None:
            if exchange.status >= 400:
                yield from self._error_problems(exchange)
            elif exchange.status != 304:
                yield "the status is not described"
            return
        if exchange.status in (403, 404, 422):
            # described by one of several shapes, of which the service picks another at times
            yield from self._error_problems(exchange)
            return
        if "$ref" in described:
            pointer: tuple[str, ...] = tuple(described["$ref"].split("/")[1:])
            described = self._document["components"]["responses"][pointer[-1]]
        else:
            pointer = ("paths", template, exchange.method.lower(), "responses", status)
        if "content" not in described:
            if exchange.response is not None:
                yield "there is a body and none is described"
        elif exchange.response is None and is_json:
            # a diff can be empty
            yield "there is no body and one is described"
        elif is_json and "application/json" in described["content"]:
            yield from self._problems(
                "answer",
                exchange.response,
                None,
                exchange,
                *pointer,
                "content",
                "application/json",
                "schema",
            )

    def _error_problems(self, exchange: Exchange) -> Iterator[str]:
        for name in ("basic-error", "validation-error", "validation-error-simple"):
            pointer = ("components", "schemas", name)
            if not list(self._problems("answer", exchange.response, None, exchange, *pointer)):
                return
        yield "the answer is none of GitHub's error shapes"

    def _problems(
        self,
        what: str,
        instance: Any,
        template: str | None,
        exchange: Exchange,
        *pointer: str,
    ) -> Iterator[str]:
        if template is not None:
            pointer = ("paths", template, exchange.method.lower(), *pointer)
        for error in self._validator(pointer).iter_errors(instance):
            at = "/".join(str(step) for step in error.instance_path)
            yield f"{what} at /{at}: {error.message[:300]}"

    def _build(self, pointer: tuple[str, ...]) -> jsonschema_rs.Draft202012Validator:
        steps = "/".join(step.replace("~", "~0").replace("/", "~1") for step in pointer)
        # a pointer in a reference is part of a URI, where braces are not allowed
        reference = f"{_BASE}#/{steps.replace('{', '%7B').replace('}', '%7D')}"
        return jsonschema_rs.Draft202012Validator(
            {"$ref": reference}, registry=self._registry, validate_formats=True
        )


def _pattern(template: str) -> re.Pattern[str]:
    def segment(found: re.Match[str]) -> str:
        name = found[1]
        if name in _MANY_SEGMENTS:
            return ".+"
        return r"\d+" if name.endswith(("_id", "_number")) else "[^/]+"

    return re.compile(re.sub(r"\{(\w+)\}", segment, template))


def _literals(template: str) -> int:
    return len(re.sub(r"\{\w+\}", "", template))


def read_exchanges(directory: Path, after: int = 0) -> list[Exchange]:
    """The exchanges that a server with `--record` has written down, `after` so many others."""
    file = directory / "exchanges.jsonl"
    if not file.exists():
        return []
    found = []
    with file.open(encoding="utf-8") as lines:
        for line in islice(lines, after, None):
            told = json.loads(line)
            del told["query"]
            found.append(Exchange(**told))
    return found


@lru_cache(maxsize=1)
def contract() -> Contract:
    """The description beside this file, read once."""
    return Contract()
