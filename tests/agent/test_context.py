"""What stands around a unit: definitions that it uses, and places that call it."""

from __future__ import annotations

from reviewer.agent.read import packed_units
from tests.agent.samples import material_of, scope_of

PATH = "src/parse.rs"
BEFORE = "pub fn ticks(text: &str) -> u64 {\n    text.len() as u64\n}\n"
AFTER = BEFORE.replace("text.len() as u64", "text.parse().unwrap_or(0)")


def around(before: str, after: str, others: dict[str, str]) -> str:
    """The context of the only unit of a change of one file."""
    material = material_of({PATH: (before, after)}, scope=scope_of(PATH), others=others)
    (unit,) = packed_units(material).units
    return unit.context


def test_a_function_that_an_attribute_names_is_called_there() -> None:
    order = (
        "#[derive(Deserialize)]\npub struct Order {\n"
        '    #[serde(deserialize_with = "crate::parse::ticks")]\n    price: u64,\n'
        '    #[serde(rename = "ticks")]\n    qty: u64,\n}\n'
    )
    shown = around(BEFORE, AFTER, {"src/order.rs": order})
    assert shown == (
        "CALLERS? (places that call a changed function, by name)\n"
        '- src/order.rs:3: #[serde(deserialize_with = "crate::parse::ticks")]'
    )


def test_a_function_that_is_named_by_its_module_is_called_there_too() -> None:
    before, after = (text.replace("ticks", "deserialize") for text in (BEFORE, AFTER))
    others = {
        "src/a.rs": 'struct A {\n    #[serde(\n    with = "crate::parse"\n    )]\n    b: u64,\n}\n',
        "src/c.rs": 'struct C {\n    #[serde(with = "crate::other")]\n    d: u64,\n}\n',
    }
    shown = around(before, after, others)
    assert '- src/a.rs:3: with = "crate::parse"' in shown
    assert "src/c.rs" not in shown


def test_of_a_trait_that_is_used_the_methods_are_shown() -> None:
    venue = (
        "pub trait Venue {\n    fn send(&self, price: u64) -> bool;\n\n"
        "    fn flat(&self) -> bool {\n        true\n    }\n}\n"
    )
    after = BEFORE.replace("text: &str", "text: &str, venue: &dyn Venue")
    shown = around(BEFORE, after, {"src/venue.rs": venue})
    assert (
        "- src/venue.rs:1 pub trait Venue "
        "{ fn send(&self, price: u64) -> bool; fn flat(&self) -> bool }"
    ) in shown


def test_the_type_of_a_changed_method_comes_first() -> None:
    book = "pub struct Ladder {\n    sizes: BTreeMap<u64, i64>,\n}\n"
    before = (
        "impl Ladder {\n    fn drop_level(&mut self) {\n        self.sizes.clear();\n    }\n}\n"
    )
    after = before.replace("self.sizes.clear();", "let other = Ticks(1);")
    others = {"src/ladder.rs": book, "src/ticks.rs": "pub struct Ticks(u64);\n"}
    shown = around(before, after, others).split("\n")
    assert shown[1].startswith("- src/ladder.rs:1 pub struct Ladder { sizes: BTreeMap<u64, i64> }")
    assert shown[2].startswith("- src/ticks.rs:1 pub struct Ticks")


def test_a_type_that_the_unit_shows_is_not_told_again() -> None:
    before = "pub struct Ladder {\n    a: u64,\n}\nimpl Ladder {\n    fn f(&self) {\n    }\n}\n"
    after = before.replace("a: u64,", "a: i64,").replace("(&self) {", "(&mut self) {")
    assert "Ladder" not in around(before, after, {})


def test_each_part_of_a_large_change_says_that_it_is_one() -> None:
    line = "    let x = compute(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);\n"
    text = "".join(f"fn f{n}() {{\n{line * 90}}}\n" for n in range(12))
    material = material_of({PATH: (None, text)}, scope=scope_of(PATH))
    units = packed_units(material).units
    assert len(units) > 1
    assert [unit.diff_view.split("\n")[0] for unit in units] == [
        f"Part {number} of {len(units)} of the change; others read the rest"
        for number in range(1, len(units) + 1)
    ]
    assert units[0].halves()[0].diff_view.startswith("A part of the change; others read the rest")
