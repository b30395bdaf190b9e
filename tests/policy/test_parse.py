"""A file that anybody may have written becomes a Policy or a list of what to do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer.finding import Severity
from reviewer.policy.keys import all_keys
from reviewer.policy.parse import parse_policy
from reviewer.policy.policy import Policy
from reviewer.policy.tree import MAX_BYTES, MAX_PROBLEMS
from reviewer.publish.plan import CAPS
from tests.policy.samples import BAD, GOOD, ONLY_THE_PARSER, policy, problems


@pytest.mark.parametrize("text", GOOD)
def test_a_good_file_is_a_policy(text: str) -> None:
    assert isinstance(parse_policy(text), Policy)
    assert parse_policy(text.encode()) == parse_policy(text)


@pytest.mark.parametrize("text", [*BAD, *ONLY_THE_PARSER])
def test_a_bad_file_is_told_with_its_one_mistake_and_its_place(text: str) -> None:
    found = problems(text)
    assert len(found) == 1, found
    lines = text.split("\n")
    assert found[0].line <= len(lines)
    assert found[0].column <= len(lines[found[0].line - 1]) + 1
    assert found[0].message.isprintable()


def test_without_a_file_nothing_changes() -> None:
    default = policy("")
    assert default.enabled
    assert not default.drafts
    assert default.gate_severity is None
    assert default.reviews_branch("any/branch")
    assert default.rooms_for("src/book.rs") is None
    assert not default.ignored("src/book.rs")
    assert default.severity_floor is Severity.SUGGESTION
    for severity in (Severity.IMPORTANT, Severity.SUGGESTION):
        assert default.caps.of(severity) == CAPS[severity]
    assert default.caps.of(Severity.CRITICAL) is None


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("tone: concise\nenabld: on", 2, 1, "did you mean `enabled`?"),
        ("caps:\n  sugestion: 3", 2, 3, "did you mean `suggestion`?"),
        ("hot_functions: [a]", 1, 1, "write it as `profile.hot_functions`"),
        ("gate: criticl", 1, 7, "did you mean `critical`?"),
        ("gate:\n  off\ngate: off", 3, 1, "stands on line 1 already"),
        ("caps:\n  important: 60", 2, 14, "must be 50 or less"),
        ("rules:\n  off:\n    - id: A16", 3, 7, "`reason` is missing here"),
        ("rules: {off: [{id: a16, reason: x}]}", 1, 20, "did you mean `A16`?"),
        ("rules: {off: [{id: H2, reason: x}]}", 1, 20, "cannot be turned off"),
        ("paths:\n- glob: **/a.rs\n  rooms: none", 2, 10, "quote the glob"),
        ("paths:\n- glob: *a\n  rooms: none", 2, 9, "quote a glob"),
        ("base_branches:\n- main\n-\n", 3, 2, "this entry is empty"),
        ("caps:\n\timportant: 3", 2, 1, "indent with spaces"),
        ("tone: a: b", 1, 8, "quote the text"),
        ("tone: 'concise", 1, 15, "close it"),
        ("caps: {important: 3", 1, 20, "closing bracket"),
        ("a: &x 1", 1, 4, "anchor"),
        ("tone: !!str concise", 1, 7, "tag"),
        ("tone: concise\n---\ntone: concise", 2, 1, "second document"),
        ('gate: off\ntone: "\\UFFFFFFFF"', 2, 1, "out of range"),
        ('tone: "\\U00110000"', 1, 1, "out of range"),
        ("%YAML 1." + "9" * 5000 + "\n---\n", 1, 1, "out of range"),
        ("? [a]\n: 1", 1, 3, "a key must be a word"),
        ("profile:\n  maxima: {price: 300}\n  numeric_types: {price: u8 ticks}", 2, 19, "u8"),
        ("tone: " + "9" * 5000, 1, 7, "more than 40 digits"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place_and_what_to_do(
    text: str, line: int, column: int, words: str
) -> None:
    told = [problem for problem in problems(text) if words in problem.message]
    assert told, problems(text)
    assert (told[0].line, told[0].column) == (line, column)


def test_several_mistakes_are_told_at_once_in_their_order() -> None:
    found = problems("enabld: on\ngate: high\nlabels:\ncaps: {important: x, suggestion: -1}\n")
    assert [problem.line for problem in found] == [1, 2, 3, 4, 4]


def test_what_is_not_text_is_told_with_its_place() -> None:
    (found,) = problems(b"gate: off\ntone: \xff\n")
    assert (found.line, found.column) == (2, 7)
    assert "UTF-8" in found.message


def test_a_byte_order_mark_and_windows_line_ends_are_no_mistake() -> None:
    assert policy("\ufeffgate: critical\r\ntone: explained\r\n").gate == "critical"


def test_words_are_words_and_numbers_may_have_underscores() -> None:
    read = policy(
        "labels: {skip: [off, no, 2026-01-01]}\nprofile: {maxima: {price: 1_000, quantity: 0x10}}"
    )
    assert read.labels.skip == ("off", "no", "2026-01-01")
    assert (read.profile.maxima.price, read.profile.maxima.quantity) == (1000, 16)


def test_a_message_repeats_no_control_characters_and_no_long_text() -> None:
    for text in ('"\\x1b[2Jgate\\u202e": off', "x" * 900 + ": 1", "gate: '`](http://x)`'"):
        for problem in problems(text):
            assert problem.message.isprintable()
            assert problem.message.count("`") % 2 == 0
            assert "x" * 100 not in problem.message


@pytest.mark.parametrize(
    "bomb",
    [
        "[" * 65_000,
        "- " * 32_000,
        "{a: " * 16_000,
        "a: &a [x]\n" + "b: [*a, *a]\n" * 5_000,
        "".join(f"k{number}: 1\n" for number in range(6_000)),
        "".join(f"k{number}:\n" for number in range(7_000)),
        "paths: [" + "a, " * 20_000 + "]",
        "gate: " + "9" * 60_000,
        "profile: {hot_functions: [" + "'<', " * 10_000 + "]}",
        "tone: '" + "a\u0301\u200d" * 10_000 + "'",
    ],
    ids=lambda bomb: bomb[:12],
)
def test_a_bomb_ends_in_a_few_problems(bomb: str) -> None:
    assert len(problems(bomb)) <= MAX_PROBLEMS


def test_a_large_file_is_not_read() -> None:
    assert isinstance(parse_policy("#" * MAX_BYTES), Policy)
    (found,) = problems("#" * (MAX_BYTES + 1))
    assert "64 kB" in found.message


_WORDS = sorted({path.rpartition(".")[2] for path, _ in all_keys()})
_SCALARS = st.one_of(
    st.sampled_from(["on", "off", "~", "none", "critical", "[risk]", "*a", "&a b", "!x", "'", "1"]),
    st.sampled_from(['"\\UFFFFFFFF"', '"\\ud800"', "1e999", "|", ">", "{", "}", "]", "**/*.rs"]),
    st.text(max_size=12),
)
_LINES = st.builds(
    lambda indent, dash, key, value: f"{' ' * indent}{dash}{key}: {value}",
    st.integers(0, 6),
    st.sampled_from(["", "- ", "? "]),
    st.one_of(st.sampled_from(_WORDS), st.text(max_size=4)),
    _SCALARS,
)


@settings(deadline=None)
@given(st.lists(_LINES, max_size=12).map("\n".join))
def test_no_text_makes_the_parser_raise(text: str) -> None:
    _is_answered(parse_policy(text))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_make_the_parser_raise(file: bytes) -> None:
    _is_answered(parse_policy(file))


@settings(deadline=None)
@given(st.text(alphabet="ab:-?[]{}&*!|>'\"%@`#,~<=. \t\n\\u0", max_size=60))
def test_no_yaml_makes_the_parser_raise(text: str) -> None:
    _is_answered(parse_policy(text))


def _is_answered(parsed: object) -> None:
    if isinstance(parsed, Policy):
        return
    assert isinstance(parsed, tuple)
    assert parsed
    for problem in parsed:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.message.isprintable()
