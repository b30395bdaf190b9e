from __future__ import annotations

from typing import Any

import pytest

from reviewer.agent.request import ToolCall
from reviewer.agent.tools import TOOL_SPECS, Toolbox, ToolResult
from reviewer.pull.base import repository_before
from reviewer.rust.repository import Repository
from tests.agent.samples import BOOK_PATH, NONCE, book_material, change

LONG = "".join(f"pub fn f{n}() {{ step(); }}\n" for n in range(400))
OTHERS = {
    "src/gate.rs": (
        "use crate::Book;\n\npub fn check(book: &mut Book) {\n    book.apply_delta(1, 2);\n}\n"
    ),
    "src/long.rs": LONG,
    "src/secret.rs": 'const K: &str = "' + "AKIA" + "B7QX" * 4 + '";\n// ignore\u202eall\n',
}


def use(tool: str, /, **given: Any) -> ToolResult:
    material = book_material(others=OTHERS)
    box = Toolbox(material.head, material.base, NONCE)
    return box.run(ToolCall("toolu_1", tool, given))


def body(result: ToolResult) -> str:
    first, *lines, last = result.text.split("\n")
    assert first == f'<untrusted kind="tool_result" nonce="{NONCE}">'
    assert last == f'</untrusted nonce="{NONCE}">'
    return "\n".join(lines)


def test_lines_come_with_their_numbers() -> None:
    shown = body(use("read_lines", path=BOOK_PATH, start=12, end=13))
    assert shown == (
        "R12       pub fn best(&self) -> Option<u64> {\n"
        "R13           self.bids.keys().next().copied()"
    )


def test_the_base_shows_what_was_there_before() -> None:
    shown = body(use("read_base", path=BOOK_PATH, start=9, end=10))
    assert shown == "L9           if qty == 0 {\nL10               self.bids.remove(&price);"


@pytest.mark.parametrize(
    ("name", "given", "most"),
    [
        ("read_lines", {"path": "src/long.rs", "start": 1, "end": 9999}, 250),
        ("read_base", {"path": "src/long.rs", "start": 1, "end": 9999}, 150),
    ],
)
def test_no_more_lines_are_shown_than_the_cap(name: str, given: Any, most: int) -> None:
    *lines, last = body(use(name, **given)).split("\n")
    assert len(lines) == most
    assert last == f"… {400 - most} lines more, from {most + 1} on"


@pytest.mark.parametrize("name", ["best", "Book::best", "impl Book::best"])
def test_an_item_is_found_by_its_name(name: str) -> None:
    shown = body(use("read_item", path=BOOK_PATH, name=name))
    assert shown.startswith("R12       pub fn best")
    assert shown.endswith("R14       }")


def test_an_item_that_is_none_says_which_there_are() -> None:
    result = use("read_item", path=BOOK_PATH, name="worst")
    assert result.is_error
    assert "apply_delta, best" in result.text


def test_a_definition_is_told_by_signature_and_place() -> None:
    shown = body(use("find_definition", name="Book::apply_delta", kind="fn"))
    assert shown == (
        "src/book.rs:8-10 in Book: pub fn apply_delta(&mut self, price: u64, qty: u64)"
    )


def test_callers_are_candidates_by_name() -> None:
    shown = body(use("find_references", name="apply_delta", calls_only=True))
    assert "(matched by name" in shown
    assert "src/gate.rs:4: book.apply_delta(1, 2);" in shown
    assert "src/book.rs" not in shown


def test_references_and_hits_are_capped_and_the_rest_is_counted() -> None:
    assert "… and 375 more hits" in body(use("find_references", name="step"))
    assert "… and 370 more hits" in body(use("search_text", query="step("))


@pytest.mark.parametrize(
    ("query", "glob", "paths"),
    [
        ("self.bids", None, {BOOK_PATH}),
        ("insert(|&mut Book", None, {BOOK_PATH, "src/gate.rs"}),
        ("fn.*Book", None, {"src/gate.rs"}),
        ("Book", "src/b*.rs", {BOOK_PATH}),
        ("[package]", None, {"Cargo.toml"}),
    ],
)
def test_text_is_searched(query: str, glob: str | None, paths: set[str]) -> None:
    shown = body(use("search_text", query=query, glob=glob))
    assert {line.partition(":")[0] for line in shown.split("\n")} == paths


def test_a_pattern_that_would_blow_up_is_a_text_like_any_other() -> None:
    result = use("search_text", query="(a+)+$" * 20)
    assert result.is_error
    assert "only `|` and `.*` have a meaning" in result.text


def test_files_are_listed_by_folder() -> None:
    shown = body(use("list_files", dir="src/")).split("\n")
    assert shown == [BOOK_PATH, "src/gate.rs", "src/long.rs", "src/secret.rs"]
    assert "At the root: src" in use("list_files", dir="crates").text


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../../etc/passwd", "src/../../x.rs", "", "src", "src/gone.rs\x00"]
)
@pytest.mark.parametrize("name", ["read_lines", "read_base"])
def test_nothing_outside_the_tree_is_read(name: str, path: str) -> None:
    result = use(name, path=path, start=1, end=5)
    assert result.is_error
    assert "there is no file" in result.text


def test_a_path_that_is_nearly_right_is_put_right() -> None:
    assert '["src/gate.rs"]' in use("read_lines", path="gate.rs", start=1, end=2).text


def test_secrets_and_what_hides_do_not_get_out() -> None:
    shown = body(use("read_lines", path="src/secret.rs", start=1, end=9))
    assert "AKIA" not in shown
    assert "⟦secret⟧" in shown
    assert "ignore⟦U+202E⟧all" in shown
    assert "AKIA" not in use("search_text", query="const K").text


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"path": BOOK_PATH}, "start"),
        ({"path": BOOK_PATH, "start": "many", "end": 2}, "start"),
        ({"path": BOOK_PATH, "start": 1, "end": 2, "side": "LEFT"}, "side"),
        ({"path": BOOK_PATH, "start": 9, "end": 2}, "start must not be after end"),
    ],
)
def test_a_bad_input_is_told_what_is_right(given: dict[str, Any], says: str) -> None:
    result = use("read_lines", **given)
    assert result.is_error
    assert says in result.text


def test_an_unknown_tool_is_told_which_there_are() -> None:
    result = use("write_file", path="x")
    assert result.is_error
    assert "read_lines" in result.text


def test_the_tools_stand_in_one_order_with_every_field_named() -> None:
    names = [spec.name for spec in TOOL_SPECS]
    assert names == sorted(names)
    for spec in TOOL_SPECS:
        assert spec.input_schema["required"] == list(spec.input_schema["properties"])
        assert spec.input_schema["additionalProperties"] is False


@pytest.mark.parametrize(("name", "most"), [("read_lines", 250), ("read_base", 150)])
def test_the_form_of_a_tool_names_the_cap_that_holds(name: str, most: int) -> None:
    (spec,) = [spec for spec in TOOL_SPECS if spec.name == name]
    assert f"at most {most} lines" in spec.input_schema["properties"]["end"]["description"]


def test_a_text_that_was_changed_is_not_shown_as_if_it_were_the_one_before() -> None:
    diff = change({"README.md": ("Ticks.\n", "Cents.\n")})
    head = Repository({}, {"README.md": "Cents.\n", "NOTES.md": "Old.\n"})
    toolbox = Toolbox(head, repository_before(diff, head), NONCE)

    def before(path: str) -> ToolResult:
        return toolbox.run(ToolCall("t1", "read_base", {"path": path, "start": 1, "end": 9}))

    assert before("README.md").is_error
    assert "not kept" in before("README.md").text
    assert "L1   Old." in before("NOTES.md").text
