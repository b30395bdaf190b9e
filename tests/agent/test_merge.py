from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from reviewer.agent.alike import alike
from reviewer.agent.merge import merge
from reviewer.agent.same_thing import ALIKE, CROWD, NEAR, Claimed
from reviewer.finding import Category, Finding, Severity, VerdictKind
from reviewer.pull.diff import Side

FINDING = Finding(
    path="src/book.rs",
    side=Side.RIGHT,
    line=40,
    start_line=None,
    quote="x();",
    category=Category.BOOK_INTEGRITY,
    severity=Severity.IMPORTANT,
    title="A level of size zero stays",
    scenario="A bid is removed and stays.",
    source="model",
    scope_path="impl Book::apply",
    verdict=VerdictKind.PLAUSIBLE,
)


def by(reader: str, **fields: object) -> Claimed:
    return Claimed(replace(FINDING, **fields), "u1", reader, reader)  # type: ignore[arg-type]


def test_what_several_passes_claim_is_one_claim_with_their_votes() -> None:
    (one,) = merge([by("risk"), by("latent", line=44, title="Zero size is kept")])
    assert (one.votes, one.lenses) == (2, ("latent", "risk"))


def test_one_pass_that_says_it_twice_has_one_vote() -> None:
    (one,) = merge([by("risk"), by("risk", line=41)])
    assert one.votes == 1


def test_the_worst_that_is_said_of_it_is_kept() -> None:
    worse = by("latent", line=43, severity=Severity.CRITICAL)
    (one,) = merge([by("risk"), worse])
    assert one.finding == worse.finding


def test_other_places_and_other_matters_stay_apart() -> None:
    others = [
        by("b", line=40 + NEAR + 1),
        by("c", scope_path="impl Book::best"),
        by("d", path="src/risk.rs"),
        by("e", side=Side.LEFT),
        by("f", category=Category.LATENCY, title="It allocates in the hot loop"),
    ]
    assert len(merge([by("a"), *others])) == 6


def test_the_same_words_are_the_same_matter_whatever_it_is_called() -> None:
    assert len(merge([by("a"), by("b", category=Category.ORDER_LOGIC)])) == 1


def test_a_claim_that_repeats_a_rule_gives_way() -> None:
    rule = replace(FINDING, source="rule:B1", title="Zero sizes must be removed")
    (same, far) = merge([by("a"), by("b", line=48, scope_path="fn other")], [rule])
    assert (same.repeats, far.repeats) == ("rule:B1", "")
    (alike_near,) = merge([by("a", line=42, title="Zero sizes have to be removed")], [rule])
    assert alike_near.repeats == "rule:B1"


def test_a_claim_of_the_very_line_gives_way_to_a_rule_of_another_category() -> None:
    """As in a trial: the rule and the model found one client without a time limit."""
    rule = replace(
        FINDING,
        source="rule:C7",
        category=Category.RECOVERY,
        title="Requests of the client made in `new` have no time limit",
        scenario="`Client::new` sets no time limit. When the venue takes a request and then says "
        "nothing any more, whoever waits for the answer waits for ever: no error comes.",
    )
    model = {
        "category": Category.ERROR_HANDLING,
        "title": "HTTP client for orders is built without any time limit",
        "scenario": "`Client::new` sets no time limit for connecting or for the answer. When the "
        "venue takes an order and says nothing, the task waits for ever and nothing retries.",
    }
    other = {"title": "The key is logged", "scenario": "`Debug` of the configuration shows it."}
    same, apart = merge([by("a", **model), by("a", line=41, **other)], [rule])
    assert (same.repeats, apart.repeats) == ("rule:C7", "")


def test_a_claim_that_says_more_than_a_rule_does_not_give_way() -> None:
    rule = replace(FINDING, source="rule:B1", title="Zero sizes must be removed")
    (beside,) = merge([by("a", line=41, title="Filled is counted twice")], [rule])
    (worse,) = merge([by("a", severity=Severity.CRITICAL)], [rule])
    assert (beside.repeats, worse.repeats) == ("", "")


ZERO = {"line": 40, "title": "Zero level stays in the book"}
TWICE = {"line": 43, "title": "Filled counted twice over ten"}


def test_two_things_that_one_pass_claims_stay_two() -> None:
    zero, twice = merge([by("a", **ZERO), by("a", **TWICE)])
    assert (zero.votes, twice.votes, zero.absorbed) == (1, 1, ())
    zero, twice = merge([by(who, **what) for who in ("a", "b") for what in (ZERO, TWICE)])
    assert (zero.votes, twice.votes) == (2, 2)


def test_two_things_that_one_pass_claims_of_one_line_stay_two() -> None:
    test = by(
        "a",
        title="The test rounds to nearest and the quantity rounds down",
        scenario="With a lot of 0.1 a queue of -0.0999 passes the test, and a quantity of 0.0 is "
        "returned, so a due order stays open.",
    )
    reset = by(
        "a",
        title="What was filled is filled again by the next trade",
        scenario="A trade of 5 goes 3 beyond the queue and 3 are filled. Nothing sets the queue "
        "back to 0.0 any more, so a next trade of 1 fills 4.",
    )
    again = by("a", title="Rounding of test and quantity differs", scenario=test.finding.scenario)
    assert len(merge([test, reset])) == 2
    assert len(merge([test, again])) == 1


def test_no_third_claim_joins_two_things_of_one_pass() -> None:
    between = by("b", line=42, title="Zero level stays, and filled counted twice")
    found = [by("a", **ZERO), by("a", **TWICE), between]
    told = {c.finding.title for c in merge(found)}
    assert {ZERO["title"], TWICE["title"]} <= told | {
        claim.finding.title for c in merge(found) for claim in c.absorbed
    }
    assert len(told) == 2


def test_two_passes_that_have_no_word_in_common_mean_two_things() -> None:
    assert len(merge([by("a", **ZERO), by("b", **TWICE)])) == 2


def test_two_passes_that_mark_other_lines_of_one_place_mean_the_same() -> None:
    """One of them marks the whole block, the other one its head."""
    block = by(
        "a",
        start_line=237,
        line=246,
        title="`response` interpolates from rows whose exchange timestamp is zero",
        scenario="Rejected requests are rows with time 0; `response` takes them for neighbours.",
    )
    head = by(
        "b",
        start_line=237,
        line=238,
        title="Fills are interpolated between a rejected row and the next",
        scenario="`response` takes rows of rejected requests, with time 0, for its neighbours.",
    )
    assert [cluster.votes for cluster in merge([block, head])] == [2]


def test_a_chain_of_neighbours_is_no_one_thing() -> None:
    chain = [by(f"r{n}", line=40 + 5 * n) for n in range(6)]
    for cluster in merge(chain):
        lines = [claim.finding.line for claim in cluster.absorbed] + [cluster.finding.line]
        assert max(lines) - min(lines) <= NEAR


def test_what_is_told_in_the_words_of_another_claim_is_kept() -> None:
    (one,) = merge([by("a"), by("b"), by("c", line=42, title="Zero size stays")])
    assert [claim.finding.title for claim in one.absorbed] == ["Zero size stays"]


def test_passes_that_stop_at_one_line_agree_whatever_they_call_it() -> None:
    another = {"title": "Best is wrong", "scenario": "The ask side is read from its far end."}
    one, other = merge([by("a"), by("b", category=Category.ORDER_LOGIC, **another)])
    assert (one.votes, other.votes) == (2, 2)


def test_titles_are_compared_by_their_words() -> None:
    assert alike("A zero level stays", "a ZERO level, stays!") == 1
    assert alike("A zero level stays", "The lock is held over an await") < 0.2


def test_hundreds_of_claims_of_one_place_are_put_together() -> None:
    flood = [by(f"r{n % 3}", line=40 + n % 5, title=f"Zero level {n} stays") for n in range(600)]
    assert len(merge(flood)) < len(flood)


claims = st.lists(
    st.builds(
        by,
        st.sampled_from(["risk", "latent", "all"]),
        line=st.integers(1, 60),
        path=st.sampled_from(["a.rs", "b.rs"]),
        category=st.sampled_from([Category.LATENCY, Category.RISK_LIMITS]),
        title=st.sampled_from(["A zero level stays", "A level stays", "It waits", ""]),
        severity=st.sampled_from(list(Severity)),
    ),
    max_size=25,
)


@given(claims)
def test_of_one_pass_nothing_unlike_is_put_together(found: list[Claimed]) -> None:
    alone = [replace(c, reader="all", lens="all") for c in found]
    for cluster in merge(alone):
        told = [cluster.finding, *(claim.finding for claim in cluster.absorbed)]
        for one in told:
            for other in told:
                assert one.line == other.line or alike(one.title, other.title) >= ALIKE


@given(claims, st.randoms(use_true_random=False))
def test_the_order_in_which_claims_come_changes_nothing(
    found: list[Claimed], chance: random.Random
) -> None:
    shuffled = found[:]
    chance.shuffle(shuffled)
    assert merge(found) == merge(shuffled)


@given(claims)
def test_no_claim_is_lost_and_every_vote_is_somebodys(found: list[Claimed]) -> None:
    clusters = merge(found)
    assert {c.finding for c in clusters} <= {c.finding for c in found}
    assert [c.id for c in clusters] == [f"c{n}" for n in range(1, len(clusters) + 1)]
    for claim in found:
        assert any(c.finding.path == claim.finding.path for c in clusters)
    readers = {c.reader for c in found}
    assert all(1 <= c.votes <= len(readers) for c in clusters)


def test_a_model_that_repeats_itself_is_put_together_and_nothing_of_it_lost() -> None:
    said = [by(f"r{n % 9}", line=40 + n % 7, title=f"A level stays {n}") for n in range(3_000)]
    elsewhere = by("a", line=90, title="It allocates in the hot loop")
    one, other = merge([*said, elsewhere])
    assert (one.votes, other.finding) == (9, elsewhere.finding)
    assert len(one.absorbed) == len(said) - 1


def test_in_a_crowd_other_categories_stay_apart() -> None:
    said = [by(f"r{n % 9}", title=f"A level stays {n}") for n in range(CROWD + 1)]
    slow = {"title": "It allocates in the hot loop", "scenario": "Each order asks for memory."}
    late = by("a", category=Category.LATENCY, **slow)
    assert [c.finding.category for c in merge([*said, late])] == [
        Category.BOOK_INTEGRITY,
        Category.LATENCY,
    ]


def test_of_several_rules_that_say_it_the_first_is_named() -> None:
    near = replace(FINDING, source="rule:B9", line=42)
    here = replace(FINDING, source="rule:B1", line=41, category=Category.RISK_LIMITS)
    assert [merge([by("a")], rules)[0].repeats for rules in ([near, here], [here, near])] == [
        "rule:B9",
        "rule:B1",
    ]
