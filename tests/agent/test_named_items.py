from __future__ import annotations

import pytest

from reviewer.agent.named_items import NoSuchItem, item_named, owner_of
from tests.agent.samples import BOOK_PATH, book_material
from tests.agent.task_samples import GATE_PATH, with_gate


@pytest.mark.parametrize(
    ("asked", "start"),
    [
        (f"{BOOK_PATH}::Book::best", 12),
        (f"./{BOOK_PATH}::best", 12),
        (f"{BOOK_PATH}::Book", 3),
        (f"{BOOK_PATH}::impl Book", 7),
        ("apply_delta", 8),
        ("Book::apply_delta", 8),
    ],
)
def test_an_item_is_found_by_the_names_people_give_it(asked: str, start: int) -> None:
    assert item_named(with_gate().head, asked).item.start == start


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        (f"{BOOK_PATH}::Book::bst", f"`{BOOK_PATH}::Book::best`"),
        ("src/boook.rs::Book::best", f"`{BOOK_PATH}::Book::best`"),
        ("Gate::alows", f"`{GATE_PATH}::Gate::allows`"),
    ],
)
def test_a_wrong_name_brings_the_nearest(asked: str, near: str) -> None:
    with pytest.raises(NoSuchItem) as caught:
        item_named(with_gate().head, asked)
    assert f"the nearest are {near}" in str(caught.value)


@pytest.mark.parametrize("asked", ["", "::", "x" * 100_000, "a\nb.rs::c", ".rs::"])
def test_nonsense_is_refused(asked: str) -> None:
    with pytest.raises(NoSuchItem, match="there is no item"):
        item_named(with_gate().head, asked)


def test_a_name_that_stands_in_several_files_is_asked_back() -> None:
    both = {GATE_PATH: "pub fn best() {}\n"}
    with pytest.raises(NoSuchItem, match="several files"):
        item_named(book_material(others=both).head, "best")


@pytest.mark.parametrize(
    ("head", "owner"),
    [
        ("impl Book", "Book"),
        ("impl<P: Price> Depth for crate::Book<Vec<P>>", "Book"),
        ("mod a::impl Book", "Book"),
    ],
)
def test_the_type_that_an_impl_is_about(head: str, owner: str) -> None:
    assert owner_of(head) == owner
