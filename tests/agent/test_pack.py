from __future__ import annotations

import re
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reviewer.agent.items import Item, ItemLookup
from reviewer.agent.pack import Packed, notes_of, pack
from reviewer.detect.hint import Hint
from reviewer.finding import Category, Finding, Severity
from reviewer.pull.diff import Diff, FileDiff, LineKind, Side
from reviewer.scope.rooms import Scope
from tests.agent.samples import (
    BOOK_PATH,
    HEAD,
    SampleItem,
    book_change,
    book_items,
    change,
    no_items,
    scope_of,
)

NO_SCOPE = Scope(())


def view(packed: Packed) -> str:
    return "\n".join(unit.diff_view for unit in packed.units)


def test_the_change_is_shown_by_whole_items_with_their_numbers() -> None:
    packed = pack(book_change(), {BOOK_PATH: HEAD}, scope_of(BOOK_PATH), (), book_items)
    assert view(packed) == (
        """\
### FILE src/book.rs (modified, +1 −5)

#### fn Book::apply_delta [src/book.rs:8-10]
R8       pub fn apply_delta(&mut self, price: u64, qty: u64) {
L9 -         if qty == 0 {
L10 -             self.bids.remove(&price);
L11 -             return;
L12 -         }
R9           self.bids.insert(price, qty);
R10       }

#### fn Book::best [src/book.rs:12-14]
R12       pub fn best(&self) -> Option<u64> {
L17 -         self.bids.keys().next_back().copied()
R13 +         self.bids.keys().next().copied()
R14       }
"""  # noqa: RUF001
    )
    assert packed.not_packed == ()
    assert [item.name_path for item in packed.units[0].items] == [
        "impl Book::apply_delta",
        "impl Book::best",
    ]


def test_without_items_the_hunks_are_shown_with_what_stands_around() -> None:
    head = "".join(f"let x{n} = {n};\n" for n in range(1, 101))
    base = head.replace("let x50 = 50;\n", "let x50 = 5;\n")
    packed = pack(change({"a.rs": (base, head)}), {"a.rs": head}, NO_SCOPE, (), no_items)
    assert "#### outside all items [a.rs:40-60]" in view(packed)
    assert "L50 - let x50 = 5;\nR50 + let x50 = 50;" in view(packed)
    assert "R39 " not in view(packed)
    assert "R61 " not in view(packed)


def test_of_a_long_function_its_head_and_the_changed_parts_are_shown() -> None:
    head = "fn long() {\n" + "".join(f"    step({n});\n" for n in range(2, 500)) + "}\n"
    base = head.replace("    step(300);\n", "    step(0);\n")
    long = SampleItem("fn", "long", 1, 500)
    packed = pack(
        change({"a.rs": (base, head)}), {"a.rs": head}, NO_SCOPE, (), lambda _path, _line: long
    )
    assert "#### fn long [a.rs:1-500]\nR1   fn long() {" in view(packed)
    assert "… lines 7-259 left out\nR260 " in view(packed)
    assert view(packed).rstrip().endswith("R340       step(340);\n… lines 341-500 left out")


def test_a_removed_function_is_shown_between_its_neighbours() -> None:
    head = "fn a() {\n}  // a\n\nfn c() {\n}  // c\n"
    base = "fn a() {\n}  // a\n\nfn b() {\n    check();\n}  // b\n\nfn c() {\n}  // c\n"
    items = [SampleItem("fn", "a", 1, 2), SampleItem("fn", "c", 4, 5)]

    def item_at(_path: str, line: int, /) -> Item | None:
        return next((i for i in items if i.start <= line <= i.end), None)

    shown = view(pack(change({"a.rs": (base, head)}), {"a.rs": head}, NO_SCOPE, (), item_at))
    assert "#### outside all items" in shown
    assert "L5 -     check();" in shown


def test_a_changed_signature_stays_with_its_function() -> None:
    head, base = "fn a(x: u64) {\n    b();\n}\n", "fn a() {\n    b();\n}\n"
    item = SampleItem("fn", "a", 1, 3)
    shown = view(
        pack(change({"a.rs": (base, head)}), {"a.rs": head}, NO_SCOPE, (), lambda _p, _l: item)
    )
    assert "#### fn a [a.rs:1-3]\nL1 - fn a() {\nR1 + fn a(x: u64) {\nR2       b();" in shown


def test_a_deleted_file_is_shown_in_short() -> None:
    base = "".join(f"line({n});\n" for n in range(1, 201))
    packed = pack(change({"a.rs": (base, None)}), {}, NO_SCOPE, (), no_items)
    assert "### FILE a.rs (removed, +0 −200)" in view(packed)  # noqa: RUF001
    assert "L150 - line(150);\n… 50 more removed lines left out" in view(packed)
    assert packed.not_packed == (("a.rs", "deleted; only its first 150 lines were shown"),)


def test_only_rust_is_packed_and_trading_code_comes_first_and_tests_last() -> None:
    files = ["tests/book.rs", "src/util.rs", "README.md", "src/book.rs"]
    diff = change(dict.fromkeys(files, ("a();\n", "b();\n")))
    packed = pack(diff, dict.fromkeys(files, "b();\n"), scope_of("src/book.rs"), (), no_items)
    order = re.findall(r"### FILE (\S+)", view(packed))
    assert order == ["src/book.rs", "src/util.rs", "tests/book.rs"]


def test_a_test_module_comes_after_the_code_of_all_files() -> None:
    head = "fn a() {}\nmod tests {\n}\n"
    items = [SampleItem("fn", "a", 1, 1), SampleItem("mod", "tests", 2, 3)]

    def item_at(_path: str, line: int, /) -> Item | None:
        return next(i for i in items if i.start <= line <= i.end)

    diff = change({"a.rs": (None, head), "b.rs": (None, head)})
    shown = view(pack(diff, dict.fromkeys(["a.rs", "b.rs"], head), NO_SCOPE, (), item_at))
    assert re.findall(r"#### .*", shown) == [
        "#### fn a [a.rs:1-1]",
        "#### fn a [b.rs:1-1]",
        "#### mod tests [a.rs:2-3]",
        "#### mod tests [b.rs:2-3]",
    ]


def test_a_file_that_was_not_read_is_named_with_its_reason() -> None:
    packed = pack(
        book_change(), {}, NO_SCOPE, (), book_items, unread={BOOK_PATH: "larger than 1 MB"}
    )
    assert packed.units == ()
    assert packed.not_packed == ((BOOK_PATH, "larger than 1 MB"),)


def test_what_rules_say_stands_under_the_item_it_is_about() -> None:
    hint = Hint(BOOK_PATH, 13, "hint:X2", "may be empty")
    rule = Finding(
        path=BOOK_PATH,
        side=Side.RIGHT,
        line=13,
        start_line=None,
        quote="",
        category=Category.OTHER,
        severity=Severity.SUGGESTION,
        title="first of an ordered map",
        scenario="",
        source="rule:X1",
    )
    notes = notes_of([rule], [hint])
    shown = view(pack(book_change(), {BOOK_PATH: HEAD}, NO_SCOPE, notes, book_items))
    said, hints = (
        r"SAID .*\n- R13 rule:X1: first of an ordered map",
        r"HINTS .*\n- R13 hint:X2: may be",
    )
    assert re.search(rf"R14 +}}\n{said}\n{hints} empty\n\Z", shown)


def test_units_keep_to_their_size_and_no_item_is_split() -> None:
    diff, heads, item_at = _many_functions(40)
    packed = pack(diff, heads, NO_SCOPE, (), item_at, unit_tokens=600)
    assert len(packed.units) > 3
    for unit in packed.units:
        assert unit.tokens <= 700
        assert "\n\n### FILE a.rs" in unit.diff_view[:100]
        assert unit.diff_view.count("#### fn") == unit.diff_view.count("R") // 10
    assert [u.id for u in packed.units[:2]] == ["u1", "u2"]


def test_an_item_that_fits_nowhere_is_named_and_the_rest_is_shown() -> None:
    small, big = "fn a() {}\n", "fn b() {\n" + "    step();\n" * 3000 + "}\n"
    items = [SampleItem("fn", "a", 1, 1), SampleItem("fn", "b", 2, 3003)]

    def item_at(_path: str, line: int, /) -> Item | None:
        return next(i for i in items if i.start <= line <= i.end)

    head = small + big
    packed = pack(
        change({"a.rs": (None, head)}), {"a.rs": head}, NO_SCOPE, (), item_at, unit_tokens=1000
    )
    assert packed.not_packed == (("a.rs", "fn b (lines 2-3003) is too long to be shown whole"),)
    assert "#### fn a" in view(packed)


def test_an_item_that_is_too_long_is_shown_by_its_changed_lines() -> None:
    head = "fn b() {\n" + "    step();\n" * 3000 + "    last();\n}\n"
    base = head.replace("    last();\n", "    final();\n")
    item = SampleItem("fn", "b", 1, 3003)
    packed = pack(
        change({"a.rs": (base, head)}),
        {"a.rs": head},
        NO_SCOPE,
        (),
        lambda _path, _line: item,
        unit_tokens=200,
    )
    assert packed.not_packed == ()
    assert "R2999 " in view(packed)
    assert "R3002 +     last();" in view(packed)
    assert "R2990 " not in view(packed)


def test_a_unit_is_halved_down_to_its_changed_lines() -> None:
    diff, heads, item_at = _many_functions(3)
    (unit,) = pack(diff, heads, NO_SCOPE, (), item_at).units
    left, right = replace(unit, context="DEFS").halves()
    assert [len(half.sections) for half in (left, right)] == [1, 2]
    assert (left.context, left.id, right.id) == ("", "u1a", "u1b")
    (brief,) = left.halves()
    assert brief.brief
    assert brief.halves() == ()


@given(st.integers(2, 12), st.integers(1, 4))
def test_another_order_shows_the_same_sections_and_is_another(count: int, seed: int) -> None:
    diff, heads, item_at = _many_functions(count)
    (unit,) = pack(diff, heads, NO_SCOPE, (), item_at).units
    turned = unit.reordered(seed)
    assert sorted(turned.diff_view.splitlines()) == sorted(unit.diff_view.splitlines())
    assert turned == unit.reordered(seed)
    if seed == 1:
        assert turned.diff_view != unit.diff_view


def test_names_cannot_forge_a_heading() -> None:
    path = "a\n### FILE b.rs"
    diff = change({"a.rs": ("x();\n", None)})
    forged = Diff(tuple(_renamed(f, f"{path}.rs") for f in diff.files))
    shown = view(pack(forged, {}, NO_SCOPE, (), no_items))
    assert shown.count("\n### FILE") == 0


lines = st.lists(st.sampled_from(["a();", "b();", "c();", "}", ""]), max_size=30)


@given(lines, lines, st.booleans())
def test_every_changed_line_is_shown_once(old: list[str], new: list[str], items: bool) -> None:
    base, head = ("".join(f"{line}\n" for line in some) for some in (old, new))
    diff = change({"a.rs": (base or None, head or None)})
    if not diff.files:
        return
    ends = [min(n * 10 + 9, len(new)) for n in range(4)]
    thirds = [SampleItem("fn", f"f{n}", n * 10 + 1, end) for n, end in enumerate(ends)]

    def item_at(_path: str, line: int, /) -> Item | None:
        return next((i for i in thirds if i.start <= line <= i.end), None)

    packed = pack(diff, {"a.rs": head}, NO_SCOPE, (), item_at if items else no_items)
    shown = view(packed).splitlines()
    for line in (line for hunk in diff.files[0].hunks for line in hunk.lines):
        if line.kind is LineKind.REMOVED:
            assert sum(s.startswith(f"L{line.old} -") for s in shown) == 1
        elif line.kind is LineKind.ADDED and line.text.strip():
            assert sum(s.startswith(f"R{line.new} +") for s in shown) == 1
    numbers = re.findall(r"^R(\d+)", "\n".join(shown), re.MULTILINE)
    assert len(numbers) == len(set(numbers))


def _many_functions(count: int) -> tuple[Diff, dict[str, str], ItemLookup]:
    head = "".join(f"fn f{n}() {{\n" + "    step();\n" * 8 + "}\n" for n in range(count))
    items = [SampleItem("fn", f"f{n}", n * 10 + 1, n * 10 + 10) for n in range(count)]

    def item_at(_path: str, line: int, /) -> Item | None:
        return items[(line - 1) // 10]

    return change({"a.rs": (None, head)}), {"a.rs": head}, item_at


def _renamed(file: FileDiff, path: str) -> FileDiff:
    return replace(file, path=path, old_path=path)
