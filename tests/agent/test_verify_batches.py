"""Which claims one second reader gets together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reviewer.agent.kin import beside_their_like
from reviewer.agent.merge import Cluster, merge
from tests.agent.test_merge import by

APART = [
    ("Zero level stays in the book", "The venue sends a bid of size 0 and it is kept as best."),
    ("Lock is held over the await", "The writer waits for the socket while every reader stands."),
    ("Fee is added to the cash", "A sell of two lots leaves the account richer by its own fee."),
    ("Cancel is sent for a dead order", "The fill came first, so the venue answers with unknown."),
]
SWAP = ("`next` swaps the file for both", "`resp_rn` stays at 900 when `entry` moves on to file B.")
CURSOR = (
    "Only one cursor is reset by `entry`",
    "`entry` moves on to file B, `resp_rn` stays at 900.",
)


def clusters_of(*told: tuple[str, str]) -> list[Cluster]:
    return [
        cluster
        for n, (title, scenario) in enumerate(told)
        for cluster in merge([by("a", line=100 * (n + 1), title=title, scenario=scenario)])
    ]


def titles(batches: list[list[Cluster]]) -> list[list[str]]:
    return [[cluster.finding.title for cluster in batch] for batch in batches]


def test_claims_in_like_words_on_far_lines_come_together() -> None:
    batches = beside_their_like(clusters_of(SWAP, *APART, CURSOR), 4)
    (both,) = [batch for batch in titles(batches) if SWAP[0] in batch]
    assert CURSOR[0] in both
    assert sum(map(len, batches)) == 6
    assert len(batches) == 2


def test_claims_with_nothing_in_common_stay_in_their_order() -> None:
    assert titles(beside_their_like(clusters_of(*APART), 3)) == [
        [title for title, _ in APART[:3]],
        [APART[3][0]],
    ]


@given(st.lists(st.sampled_from([SWAP, CURSOR, *APART]), max_size=12), st.integers(1, 5))
def test_each_claim_comes_once_and_no_reader_gets_too_many(
    told: list[tuple[str, str]], size: int
) -> None:
    clusters = clusters_of(*told)
    batches = beside_their_like(clusters, size)
    assert sorted(c.finding.line for b in batches for c in b) == [c.finding.line for c in clusters]
    assert all(0 < len(batch) <= size for batch in batches)
