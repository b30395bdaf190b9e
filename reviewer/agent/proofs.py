"""Lines that may prove something: code that is there, and not what somebody says about it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from reviewer.agent.claims import Checker
from reviewer.agent.envelope import QuotedLine
from reviewer.agent.material import Material
from reviewer.finding import Evidence
from reviewer.rust.scan import Part, scan

_WORD = re.compile(r"\w")
_ATTRIBUTE = re.compile(r"#!?\[")
"""`#[doc = "…"]` is a comment in another form."""


class Proofs:
    """Looks quoted lines up in the head. Used by one thread."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._checker = Checker(material.diff, material.heads, material.item_at, self._other)
        self._code: dict[str, frozenset[int]] = {}

    def there(self, quoted: Iterable[QuotedLine]) -> tuple[Evidence, ...]:
        """The lines that are there, whatever they say."""
        return self._checker.evidence(quoted)

    def code(self, quoted: Iterable[QuotedLine]) -> tuple[Evidence, ...]:
        """Those of them that hold code: no comment, no string alone, no attribute."""
        return tuple(e for e in self.there(quoted) if self._is_code(e))

    def running(self, quoted: Iterable[QuotedLine]) -> tuple[Evidence, ...]:
        """Those of them that run outside tests too."""
        return tuple(e for e in self.code(quoted) if not self._in_test(e))

    def repairing(self, quoted: Iterable[QuotedLine], path: str) -> tuple[Evidence, ...]:
        """Those of them that can be a repair of something in a file: they stand in that file, or
        the change adds them. One such line is enough for all to be given."""
        lines = self.running(quoted)
        return lines if any(e.path == path or self._is_added(e) for e in lines) else ()

    def _is_code(self, proof: Evidence) -> bool:
        if _ATTRIBUTE.match(proof.quote):
            return False
        if not proof.path.endswith(".rs"):
            return bool(_WORD.search(proof.quote)) and not proof.quote.startswith("#")
        if proof.path not in self._code:
            self._code[proof.path] = _code_lines(self._other(proof.path) or "")
        return proof.line in self._code[proof.path]

    def _in_test(self, proof: Evidence) -> bool:
        file = self._material.head.file(proof.path)
        return file is not None and file.in_test(proof.line)

    def _is_added(self, proof: Evidence) -> bool:
        file = self._material.diff.file(proof.path)
        return file is not None and proof.line in file.added_numbers()

    def _other(self, path: str) -> str | None:
        head = self._material.head
        text = self._material.heads.get(path) or head.text(path)
        return text if text is not None else head.manifests.get(path)


def _code_lines(text: str) -> frozenset[int]:
    """The lines with a letter or digit outside comments and strings."""
    found: set[int] = set()
    row, counted = 1, 0
    for stretch in scan(text):
        if stretch.part is not Part.CODE:
            continue
        for word in _WORD.finditer(text, stretch.start, stretch.end):
            row += text.count("\n", counted, word.start())
            counted = word.start()
            found.add(row)
    return frozenset(found)
