"""Rules see inside the bodies of known macros, where they stand."""

from __future__ import annotations

import pytest

from reviewer.rust.file import RustFile


def casts(text: str) -> list[tuple[str, int, int]]:
    file = RustFile.parse("src/a.rs", text)
    return [(file.code(node), *node.start_point) for node in file.nodes("type_cast_expression")]


@pytest.mark.parametrize(
    "body",
    [
        "assert!(px as u32 == 1);",
        'assert_eq!(1, px as u32, "{}", why);',
        'debug_assert!(px as u32 > 0, "not {px}");',
        'ensure!(px as u32 > 0, "empty");',
        "anyhow::ensure!(px as u32 > 0);",
        'let s = format!("{} {n}", px as u32, n = 2);',
        'write!(out, "{}", px as u32)?;',
        "let v = vec![1, px as u32, 3];",
        "let v = vec![px as u32; 4];",
        'tracing::info!(target: "book", ?order, %side, depth.px = ?px as u32, "set");',
        "if matches!(px as u32, 1 | 2 if live) { stop() }",
        "assert!(matches!(px as u32, Some(Level { qty: 1, .. })));",
        "let (a, b) = tokio::join!(first(px as u32), second());",
        'println!("{:?}", vec![format!("{}", px as u32)]);',
        "tokio::select! { biased; _ = stop.recv() => {} m = rx.recv() => px as u32, }",
        "select! { Some(x) = rx.next(), if open && px as u32 > 1 => go(x), else => break }",
        "let n = tokio::select! { Ok(x) | Err(x) = rx => { x } _ = t => { px as u32 } };",
        "select! { x = a => match x { _ => px as u32 }, default => idle(), complete => break, }",
        "let s = async_stream::try_stream! { yield px as u32; };",
    ],
)
def test_a_cast_in_a_macro_is_found_where_it_stands(body: str) -> None:
    text = f"async fn f() -> R {{\n    // é\n    {body}\n}}\nfn g() {{ px as u32 }}\n"
    column = text.split("\n")[2].encode().index(b"px as u32")
    assert casts(text) == [("px as u32", 2, column), ("px as u32", 4, 9)]


def test_a_select_over_many_lines_keeps_its_rows() -> None:
    text = (
        "async fn f() {\n    tokio::select! {\r\n        Some(tick) = feed.next() => {\n"
        "            book.set(tick.px as u32);\n        }\n        _ = timer.tick(), if armed =>\n"
        "            check(px as i64),\n    }\n}\n"
    )
    assert [(code, row) for code, row, _ in casts(text)] == [
        ("tick.px as u32", 3),
        ("px as i64", 6),
    ]


def test_the_code_of_a_node_is_what_its_author_wrote() -> None:
    file = RustFile.parse("a.rs", "fn f() { assert!(matches!(x, Some(1))); }\n")
    (function,) = file.functions()
    assert file.code(function.node) == "fn f() { assert!(matches!(x, Some(1))); }"


@pytest.mark.parametrize(
    "odd",
    [
        'format!("{}", @odd tokens ==> here)',
        "assert!(if while match)",
        "vec![1 => 2; ; 3]",
        "select! { => , = , if }",
        "select! { a = }",
        "matches!(x)",
        "info!(?, %, target:)",
        "assert!",
        'format!["x"]',
    ],
)
def test_what_no_expression_is_leaves_the_rest_of_the_file_as_it_was(odd: str) -> None:
    text = f"fn a() {{\n    {odd};\n    assert!(px as u32 == 1);\n}}\nfn b() {{ qty as u8 }}\n"
    file = RustFile.parse("a.rs", text)
    assert file.problem == ""
    assert file.scope_path(5) == "b"
    assert ("qty as u8", 4, 9) in casts(text)


def test_a_refused_macro_does_not_close_the_others() -> None:
    text = "fn a() {\n    assert!(if while);\n    assert!(px as u32 == 1);\n}\n"
    assert [row for _, row, _ in casts(text)] == [2]


def test_unknown_macros_and_their_definitions_stay_closed() -> None:
    text = "macro_rules! m { ($x:expr) => { $x as u32 }; }\nfn a() { schema! { a as b } }\n"
    assert casts(text) == []
