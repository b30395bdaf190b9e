"""Which code runs only in tests: by attribute and by path."""

from __future__ import annotations

import re

_CFG = re.compile(r"#!?\[\s*cfg\s*\(")
_TOKEN = re.compile(r"\"(?:[^\"\\]|\\.)*\"|\w+|[()=,]")
_TEST_NAMES = (["test"], ["doctest"], ["fuzzing"], ["miri"], ["loom"])
_FOR_TESTS = re.compile(r"(?i)(?:\A|[\"_-])(?:tests?|testing|mocks?|fixtures?|bench)(?:[\"_-]|\Z)")
"""Features that only tests turn on, by their names."""
_MOST_TOKENS = 200
_TEST_ATTRIBUTE = re.compile(
    r"#\[\s*(?:\w+\s*::\s*)*"
    r"(?:test|bench|rstest|proptest|quickcheck|test_case|wasm_bindgen_test)\s*[\](]"
)
_TEST_FOLDERS = frozenset({"tests", "test", "benches", "examples", "testdata", "fuzz"})
_TEST_FOLDER = re.compile(
    r"(?:e2e|(?:integration|system|acceptance|functional|unit|load|stress|smoke)[-_]?tests?)\Z"
)
_TEST_FILE = re.compile(r"(?:\A|_)(?:tests?|bench|benches|benchmarks?)\.rs\Z|\Atests?_")


def marks_test(attribute: str) -> bool:
    """Whether an attribute makes what it stands on test code."""
    if _TEST_ATTRIBUTE.match(attribute):
        return True
    start = _CFG.match(attribute)
    if start is None:
        return False
    tokens = [found[0] for found in _TOKEN.finditer(attribute, start.end())][:_MOST_TOKENS]
    return _only_in_tests(tokens, _whole(tokens))


def _whole(tokens: list[str]) -> str:
    """`any`, `all` or `not` where the predicate is one of them."""
    return tokens[0] if tokens[1:2] == ["("] else ""


def _only_in_tests(tokens: list[str], operator: str) -> bool:
    """Whether a predicate holds in tests alone; `any(test, feature = "sim")` can ship."""
    if not operator:
        named = tokens[2] if tokens[:2] == ["feature", "="] and len(tokens) > 2 else ""
        return tokens[:1] in _TEST_NAMES or bool(named and _FOR_TESTS.search(named))
    if operator == "not":
        return False
    parts = _parts(tokens[2:])
    holds = any if operator == "all" else all
    return bool(parts) and holds(_only_in_tests(part, _whole(part)) for part in parts)


def _parts(tokens: list[str]) -> list[list[str]]:
    """The predicates between commas, up to the bracket that closes."""
    parts: list[list[str]] = [[]]
    depth = 0
    for word in tokens:
        depth += (word == "(") - (word == ")")
        if depth < 0:
            break
        if word == "," and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    return [part for part in parts if part]


def is_test_path(path: str) -> bool:
    """Whether everything in the file is test, benchmark or example code."""
    *folders, name = path.split("/")
    return (
        not _TEST_FOLDERS.isdisjoint(folders)
        or any(map(_TEST_FOLDER.match, folders))
        or bool(_TEST_FILE.search(name))
    )
