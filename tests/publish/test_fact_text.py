"""Facts in the summary and in a terminal: folded, harmless, cut."""

from __future__ import annotations

import re

import pytest

from reviewer.facts.fact import Fact, Points, StateDiagram, Table, Transition
from reviewer.publish.fact_text import facts_markdown, facts_text

HOT = Fact(
    "hot path",
    "2 hot functions do more than before: +3 allocations",
    (Table(("function", "what", "before", "after"), (("Book::apply_delta", "clones", "1", "4"),)),),
)
STATES = Fact(
    "order lifecycle",
    "Status: 1 transition added",
    (
        StateDiagram(
            "Status",
            (Transition("New", "Filled", "added"), Transition("New", "Canceled")),
        ),
    ),
)


def test_a_table_is_folded_under_its_headline() -> None:
    text = facts_markdown([HOT])
    assert text.startswith("<details><summary><b>Hot path</b>: 2 hot functions do more")
    assert "| `Book::apply_delta` | clones | 1 | 4 |" in text
    assert text.endswith("</details>")


def test_states_are_drawn_where_pictures_are_and_listed_where_not() -> None:
    assert "```mermaid\nstateDiagram-v2" in facts_markdown([STATES])
    (block,) = facts_text([STATES], (), colour=False)
    assert block.splitlines() == [
        "Order lifecycle: Status: 1 transition added.",
        "  Status: New -> Filled (added)",
    ]


def test_a_long_table_is_cut_and_says_so() -> None:
    long = Fact("units", "many", (Table(("at",), tuple((str(n),) for n in range(99))),))
    assert facts_markdown([long]).endswith("and 69 more rows\n\n</details>")


def test_notes_stand_below() -> None:
    assert facts_markdown([HOT], ["3 fields are floats"]).endswith("\n\n3 fields are floats")
    assert facts_markdown([], ["one", "two"]) == "- one\n- two"
    assert facts_text([], ["3 fields are floats"], colour=False) == ["Note: 3 fields are floats"]
    assert facts_markdown([]) == ""


@pytest.mark.parametrize(
    "name",
    [
        "a|b::c",
        "</details><script>",
        "`x` @team",
        "[click](http://x.example)",
        "x\n\n# heading",
        "<!-- marker -->",
    ],
)
def test_no_name_breaks_out(name: str) -> None:
    hostile = Fact("units", name, (Table((name,), ((name,),)), Points((name,))))
    text = re.sub(r"(`+).+?\1", "", facts_markdown([hostile], [name]))
    assert text.count("</details>") == 1
    assert "<script>" not in text
    assert "@team" not in text
    assert "](http:" not in text
    assert "\n# heading" not in text
    assert "<!--" not in text.replace("\\<!--", "").replace("\\<\\!--", "")
    rows = [line for line in text.split("\n") if line.startswith("|")]
    assert {row.count("|") - row.count("\\|") for row in rows} == {2}


def test_in_a_terminal_the_points_say_what_the_diagram_draws() -> None:
    diagram = StateDiagram("Status", (Transition("*", "Filled", "added"),))
    drawn = Fact("order lifecycle", "Status: 1 transition added", (diagram,))
    told = Fact("order lifecycle", drawn.headline, (diagram, Points(("added any -> Filled",))))
    assert facts_text([drawn], (), colour=False) == [
        "Order lifecycle: Status: 1 transition added.\n  Status: any state -> Filled (added)"
    ]
    assert facts_text([told], (), colour=False) == [
        "Order lifecycle: Status: 1 transition added.\n  - added any -> Filled"
    ]
