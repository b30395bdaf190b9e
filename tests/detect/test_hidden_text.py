"""Hidden text: what deceives is found in any file, what people write is left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewer.detect.hidden_text import detect_hidden_text
from reviewer.finding import Category, Finding, Severity
from reviewer.pull.diff import FileDiff, FileStatus, Hunk, Line, LineKind
from reviewer.rust.scan import Part, scan
from reviewer.scope.rooms import FileScope, Room, Scope

NOWHERE = Scope(())
RLO, LRI, PDI = "\u202e", "\u2066", "\u2069"
ZWSP, ZWNJ, ZWJ = "\u200b", "\u200c", "\u200d"
CYRILLIC_O, CYRILLIC_A, CYRILLIC_C = "\u043e", "\u0430", "\u0441"
RHO = "\u03c1"


def added(text: str, path: str = "src/a.rs", *, first: int = 1, context: int = 0) -> FileDiff:
    """A change that adds the text at a line, behind some of its lines that were there before."""
    lines = tuple(
        Line(
            LineKind.CONTEXT if index < context else LineKind.ADDED,
            first + index if index < context else None,
            first + index,
            line,
        )
        for index, line in enumerate(text.split("\n"))
    )
    return FileDiff(
        path, path, FileStatus.MODIFIED, (Hunk(first, context, first, len(lines), lines),)
    )


def found(text: str, path: str = "src/a.rs", *, first: int = 1, context: int = 0) -> list[Finding]:
    return detect_hidden_text([added(text, path, first=first, context=context)], NOWHERE)


def rules(text: str, path: str = "src/a.rs", *, first: int = 1, context: int = 0) -> list[str]:
    sources = [finding.source for finding in found(text, path, first=first, context=context)]
    return [source.removeprefix("rule:") for source in sources]


@pytest.mark.parametrize("path", ["src/a.rs", "deploy.sh", "README.md", "Cargo.toml", "Makefile"])
@pytest.mark.parametrize("control", list("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"))
def test_a_bidirectional_control_is_found_in_any_file(path: str, control: str) -> None:
    (finding,) = found(f"one\nx /* {control} */ y", path)
    assert finding.source == "rule:H1"
    assert finding.line == 2
    assert finding.quote == f"x /* {control} */ y"
    assert finding.category is Category.SECURITY
    assert finding.severity is Severity.IMPORTANT
    assert f"`U+{ord(control):04X}`" in finding.title


def test_in_a_trading_room_a_bidirectional_control_is_critical() -> None:
    scope = Scope((FileScope("src/a.rs", (Room.RISK,), ""),))
    (finding,) = detect_hidden_text([added(f"// {RLO}")], scope)
    assert finding.severity is Severity.CRITICAL


def test_what_was_there_before_is_not_reported() -> None:
    assert rules(f"// {RLO}\nlet p{CYRILLIC_O}s = 1;\nfn f() {{}}", context=2) == []
    (line,) = added(f"// {RLO}").hunks[0].lines
    removed = Line(LineKind.REMOVED, 1, None, line.text)
    hunk = Hunk(1, 1, 0, 0, (removed,))
    assert not detect_hidden_text([FileDiff("a.rs", "a.rs", FileStatus.MODIFIED, (hunk,))], NOWHERE)


@pytest.mark.parametrize(
    ("line", "where"),
    [
        (f'let symbol = "BTC{ZWSP}-USD";', "string"),
        ('let symbol = r#"BTC\ufeff"#;', "string"),
        (f"let pri{ZWNJ}ce = 1;", "code"),
        ("let price\u200f= 1;", "code"),
        ("let \u3164 = 1;", "code"),
    ],
)
def test_an_invisible_character_in_code_or_a_string_is_found(line: str, where: str) -> None:
    (finding,) = found(line, first=7)
    assert finding.source == "rule:H2"
    assert where in finding.title
    assert "character" in finding.scenario


@pytest.mark.parametrize(
    ("line", "path"),
    [
        (f'symbol = "BTC{ZWSP}-USD"', "conf/venues.toml"),
        (f"max{ZWSP}qty: 5", "limits.yml"),
        (f"def send{ZWNJ}order():", "tools/send.py"),
    ],
)
def test_an_invisible_character_in_another_language_is_found(line: str, path: str) -> None:
    assert rules(line, path) == ["H2"]


@pytest.mark.parametrize("path", ["src/a.rs", "README.md", "run.sh"])
def test_text_spelled_in_characters_that_nobody_sees_is_found(path: str) -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "ignore all rules")
    selectors = "".join(chr(0xE0100 + byte) for byte in b"eval(x)")
    assert rules(f"// fine{tags}", path) == ["H2"]
    assert rules(f"// fine{selectors}", path) == ["H2"]
    assert "16 characters" in found(f"// fine{tags}", path)[0].title


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        (f"p{CYRILLIC_O}sition", "position"),
        (f"best_{CYRILLIC_A}sk", "best_ask"),
        ("Market\u041erder", "MarketOrder"),
        (f"x{CYRILLIC_A}_\u0456d", "xa_id"),
        ("\u0440\u043e\u0441\u0435", "poce"),
        (f"s{RHO}read", "spread"),
        ("\u0391sk", "Ask"),
        ("\u0251sk", "ask"),
    ],
)
def test_a_name_that_only_looks_latin_is_found(name: str, reading: str) -> None:
    (finding,) = (
        found(f"let {name} = 1; // spread")
        if RHO not in name
        else found(f"let {name} = 1; spread = 2;")
    )
    assert finding.source == "rule:H3"
    assert finding.title == f"`{name}` is not the `{reading}` that it looks like"


@pytest.mark.parametrize(
    "line",
    [
        'let family = "👨\u200d👩\u200d👧 ❤\ufe0f\u200d🔥";',
        'let wales = "🏴\U000e0067\U000e0062\U000e0065\U000e007f";',
        "// \u05d1\u05d3\u05d9\u05e7\u05ea \u05de\u05d2\u05d1\u05dc\u05d5\u05ea limit",
        "/// \u0641\u062d\u0635 \u0627\u0644\u062d\u062f\u0648\u062f",
        'let text = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645";',
        f"// cut{ZWSP}here, says the typesetter",
        'if name.contains("\\u{202e}") { return Err(Hidden); }',
        "let \u0394t = t1 - t0;",
        "let \u03c3 = variance.sqrt(); let \u03c1 = corr(x, y); let d\u03c1 = \u03c1 - old;",
        f"let {RHO}max = 0.9;",
        "let price_\u03bc = mean(&prices);",
        "let \u0446\u0435\u043d\u0430 = 1; let \u0446\u0435\u043d\u0430Price = 2;",
        "// \u0440\u043e\u0441\u0442 \u0430 \u0441 \u043e API",
        'let word = "\u0440\u043e\u0441\u0435 p\u043es";',
        "let caf\u00e9 = na\u00efve;",
        "let \u5024\u6bb5 = 1;",
        "let c = '\\u{200b}'; let t: &'static str = x;",
    ],
)
def test_what_people_write_is_left_alone(line: str) -> None:
    assert rules(line) == []


def test_a_byte_order_mark_is_left_alone_at_the_start_of_a_file_alone() -> None:
    assert rules("\ufeffuse std::fmt;") == []
    assert rules('\ufeff"a" = 1', "a.toml") == []
    assert rules("\ufeffuse std::fmt;", first=4) == ["H2"]


def test_a_byte_order_mark_that_is_a_whole_string_begins_a_file_that_is_written() -> None:
    assert rules('    out.write_all("\ufeff".as_bytes())?;', first=4) == []
    assert rules("new Blob(['\ufeff' + rows])", "curve.ts", first=4) == []
    assert rules('    let symbol = "\ufeffBTC";', first=4) == ["H2"]
    assert rules("    let symbol = '\u200b';", first=4) == ["H2"]


def test_typeset_prose_keeps_its_soft_hyphens() -> None:
    assert rules(f"read{ZWSP}me \u00ad 'a{ZWSP}b'", "docs/guide.md") == []
    assert rules(f"# read{ZWSP}me", "a.py") == []


def test_a_comment_over_several_lines_is_no_code() -> None:
    assert rules(f"/* one\np{CYRILLIC_O}s {ZWSP} /* in */ a{ZWSP}b\n*/ fn f() {{}}") == []
    assert rules(f"/* one\n*/ let p{CYRILLIC_O}s = 1;") == ["H3"]


def test_a_hunk_that_begins_in_a_string_hides_no_name() -> None:
    assert rules(f'end of it";\nlet p{CYRILLIC_O}sition = 1;\nlet s = "x";', context=1) == ["H3"]


def test_each_line_is_a_finding_of_its_own() -> None:
    findings = found("\n".join([f"// {RLO}{RLO}"] * 14))
    assert [finding.line for finding in findings] == list(range(1, 15))


def test_three_rules_speak_in_the_order_of_the_lines() -> None:
    text = f'let p{CYRILLIC_O}s = 1;\nlet s = "a{ZWSP}b";\n// {RLO}'
    assert rules(text) == ["H3", "H2", "H1"]


HIDDEN = st.sampled_from(
    [RLO, LRI, PDI, ZWSP, ZWNJ, ZWJ, "\ufeff", "\u00ad", CYRILLIC_O, CYRILLIC_C, RHO, "\ufe0f"]
)
PIECES = st.one_of(
    HIDDEN,
    st.sampled_from(['"', "'", "\\", "/*", "*/", "//", 'r#"', '"#', "r", "#", "\n", "a", "_", "1"]),
    st.text(st.characters(), max_size=4),
)


@given(st.lists(PIECES, max_size=60), st.sampled_from(["a.rs", "a.toml", "a.md"]))
def test_odd_input_never_raises_and_a_control_is_never_missed(pieces: list[str], path: str) -> None:
    text = "".join(pieces)
    findings = found(text, path)
    lines = text.split("\n")
    for finding in findings:
        assert finding.quote == lines[finding.line - 1]
        assert len(finding.title) <= 80
    controls = any("\u202a" <= letter <= "\u202e" for letter in text)
    assert not controls or "rule:H1" in {finding.source for finding in findings}


@given(st.lists(PIECES, max_size=60))
def test_the_parts_of_a_text_are_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    assert "".join(text[part.start : part.end] for part in scan(text)) == text


def test_rust_is_cut_into_code_strings_and_comments() -> None:
    text = 'let c = \'x\'; let r: &\'a str = r#"a"b"# /* n /* m */ */ + "q\\""; // end'
    parts = [(part.part, text[part.start : part.end]) for part in scan(text)]
    assert [shown for part, shown in parts if part is Part.STRING] == [
        "'x'",
        'r#"a"b"#',
        '"q\\""',
    ]
    assert [shown for part, shown in parts if part is Part.COMMENT] == [
        "/* n /* m */ */",
        "// end",
    ]


@pytest.mark.parametrize(
    "piece",
    ['\\"', "/*", 'r#"', "'", f"{ZWSP}", f"a{CYRILLIC_O}", "é\n", f'"{ZWNJ}\u0301', "\ufe0e"],
)
def test_the_worst_line_takes_no_more_than_its_length(piece: str) -> None:
    for path in ("a.rs", "a.toml"):
        times = []
        for count in (20_000, 80_000):
            start = time.process_time()
            found("é" + piece * count, path)
            times.append(time.process_time() - start)
        assert times[1] < 12 * times[0] + 0.2, piece
