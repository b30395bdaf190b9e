"""A replacement that breaks the file is told from one that does not."""

from __future__ import annotations

import pytest

from reviewer.rust.file import RustFile
from reviewer.rust.patch import is_sound

FILE = RustFile.parse("a.rs", "fn a() {\n    let x = 1;\n    b(x);\n}\n")


@pytest.mark.parametrize(
    ("lines", "kept"),
    [
        (("    let x = 2;",), True),
        (("    let x = 2;", "    let y = 3;"), True),
        ((), True),
        (("    let x = (2;",), False),
        (("    let x = 2; }",), False),
    ],
)
def test_a_replaced_line(lines: tuple[str, ...], kept: bool) -> None:
    assert is_sound(FILE, 2, 2, lines) is kept


def test_a_file_that_was_broken_before_is_no_worse() -> None:
    broken = RustFile.parse("a.rs", "fn a( {\n    let x = 1;\n}\n")
    assert is_sound(broken, 2, 2, ("    let x = 2;",))
