"""Stories of people who talk in the thread of a finding whose file has another name by now."""

from __future__ import annotations

from tests.agent.task_samples import block, said
from tests.stories.test_replies import dismissals
from tests.support.model import ModelProcess
from tests.support.plain_words import PROOF, tells, weighed
from tests.support.stage import BOOK, REPO, WRONG_BID, ZERO_PRICE, Stage
from tests.support.talk import DONE, Talk, reviewed

OLD, NEW, NEWEST = "src/order_book.rs", "src/book.rs", "src/ladder.rs"
POLICY = "dismissal: {second_person_paths: [src/order_book.rs]}\n"
SCRIPT = {
    "entries": [
        weighed("it is fine", "contest", "upheld", text="It is not.",
                evidence=[{**PROOF, "path": NEW}]),
        {"match": {"contains": "`blocks`, in reading order"},
         "answer": {"envelope": said(block("A text becomes price zero."))}},
    ],
    "planted": [],
}  # fmt: skip


def renamed(talk: Talk, before: str, now: str) -> None:
    head = talk.stage.repo.commit({before: None, now: WRONG_BID}, f"{now} is its name")
    talk.stage.sandbox.push(REPO, talk.number, head, source=talk.stage.repo.path)
    talk.stage.wait_for_check(head, talk.app)


def test_a_finding_is_read_under_the_new_names_of_its_file(stage: Stage) -> None:
    policy = {".github/trading-reviewer.yml": POLICY, OLD: BOOK}
    stage.base = stage.repo.commit(policy, "two people")
    stage.sandbox.set_branch(REPO, "main", stage.base, source=stage.repo.path)
    with ModelProcess(SCRIPT) as model:
        app = stage.app(ANTHROPIC_API_KEY="a-model-key", REVIEWER_MODEL_URL=model.url)
        with app:
            talk = reviewed(stage, app)
            first = talk.thread_on(ZERO_PRICE)
            renamed(talk, OLD, NEW)
            reacted, answer = talk.ask("/explain", "will", first=first)
            assert reacted == DONE
            assert f"**Explanation**: `{NEW}:" in answer
            (answer,) = tells(talk, first, "it is fine", "will")
            assert f"`{NEW}:{PROOF['line']}`" in answer
            renamed(talk, NEW, NEWEST)
            assert f"**Explanation**: `{NEWEST}:" in talk.ask("/explain", "will", first=first)[1]
            # The rename takes the file out of nobody's care.
            _, answer = talk.ask("/dismiss it is checked", "will", first=first)
            assert "takes two people" in answer
            (kept,) = dismissals(talk)
            assert (kept["path"], kept["holds"]) == (NEWEST, False)
