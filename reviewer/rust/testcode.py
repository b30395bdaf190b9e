"""Which code runs only in tests: by attribute and by path."""

from __future__ import annotations

import re

_CFG_TEST = re.compile(r"#!?\[\s*cfg\s*\((?!\s*not\b).*\btest\b", re.DOTALL)
_NOT_TEST = re.compile(r"\bnot\s*\(\s*test\b")
_TEST_ATTRIBUTE = re.compile(
    r"#\[\s*(?:\w+\s*::\s*)*"
    r"(?:test|bench|rstest|proptest|quickcheck|test_case|wasm_bindgen_test)\s*[\](]"
)
_TEST_FOLDERS = frozenset({"tests", "test", "benches", "examples", "testdata", "fuzz"})
_TEST_FILE = re.compile(r"(?:\A|_)(?:tests?|bench|benches|benchmarks?)\.rs\Z|\Atests?_")


def marks_test(attribute: str) -> bool:
    """Whether an attribute makes what it stands on test code."""
    if _TEST_ATTRIBUTE.match(attribute):
        return True
    return bool(_CFG_TEST.match(attribute)) and not _NOT_TEST.search(attribute)


def is_test_path(path: str) -> bool:
    """Whether everything in the file is test, benchmark or example code."""
    *folders, name = path.split("/")
    return not _TEST_FOLDERS.isdisjoint(folders) or bool(_TEST_FILE.search(name))
