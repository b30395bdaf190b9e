"""Running one job of the kind comment: each command a step, so that none is carried out twice."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from pydantic import TypeAdapter

from reviewer.edges.answering import Step, answer_once
from reviewer.edges.carry_out import carry_out
from reviewer.edges.comment_case import Case, Desk, Heard, Outcome
from reviewer.edges.comment_writer import CONFUSED, EYES, ROCKET
from reviewer.edges.put_off import PutOff
from reviewer.edges.quiet import quiet_ending
from reviewer.edges.run_reply import run_reply
from reviewer.edges.run_review import FAILED
from reviewer.edges.sealing import StoredError
from reviewer.errors import ReviewerError
from reviewer.intake.comment import may_be_for_us
from reviewer.intake.job import CommentJob
from reviewer.ports import Checkpoint
from reviewer.publish.command_words import failed

_HEARD = TypeAdapter[Heard | None](Heard | None)
_OUTCOME = TypeAdapter(Outcome)

log = logging.getLogger(__name__)


def run_comment(desk: Desk, stored: dict[str, Any], checkpoint: Checkpoint) -> dict[str, Any]:
    """Run a stored job to its end; the ending is what is remembered of it."""
    job = CommentJob.from_json(stored)
    case = Case(desk, job)
    step = partial(checkpoint, give_up=lambda: False)
    asked = job.reply_to is None or may_be_for_us(job.body)
    try:
        heard = _HEARD.validate_python(
            step("hear", lambda: _HEARD.dump_python(case.hear(), mode="json"))
        )
        asked = heard is None or bool(heard.said)
        ending = _run(case, heard, step)
    except PutOff:
        raise
    except Exception as error:
        quiet = quiet_ending(desk.shared, job, error)
        if quiet is not None:
            log.info("%s on %s ended: %s, delivery %s", job.reason, job.pull, quiet, job.guid)
            return {"ending": quiet}
        log.exception("a comment on %s could not be answered, delivery %s", job.pull, job.guid)
        step("note failure", lambda: desk.shared.ledger.note_failure(job.guid))
        if asked:
            # Plain words may not have been meant for us.
            _tell(case, step)
        return {"ending": FAILED, "error": type(error).__name__}
    finally:
        case.close()
    log.info("%s: comment %d by %s: %s", job.pull, job.comment_id, job.author, ending)
    return {"ending": ending}


def _run(case: Case, heard: Heard | None, step: Step) -> str:
    if heard is None:
        return "not for us"
    if not heard.said:
        return run_reply(case, heard, step)
    eyes = step("eyes", lambda: case.writer.react(EYES))
    outcomes = []
    for index, spoken in enumerate(heard.said):
        outcome = _OUTCOME.validate_python(
            step(f"command {index}", partial(_carried_out, case, heard, index))
        )
        outcomes.append(outcome)
        log.info("%s: %s %s", case.job.pull, spoken.command, "done" if outcome.done else "refused")
        if outcome.reply:
            answer_once(case, case.use(index), outcome.reply, f"answer {index}", step)
    done = {outcome.done for outcome in outcomes}
    step("reactions", partial(_settle, case, eyes, done))
    return "done" if done == {True} else "refused"


def _carried_out(case: Case, heard: Heard, index: int) -> Any:
    return _OUTCOME.dump_python(carry_out(case, heard, index), mode="json")


def _settle(case: Case, eyes: int | None, done: set[bool]) -> None:
    """The end is shown before the eyes are taken away."""
    for content, shown in ((ROCKET, True in done), (CONFUSED, False in done)):
        if shown:
            case.writer.react(content)
    if eyes is not None:
        case.writer.take_back(eyes)


def _tell(case: Case, step: Step) -> None:
    """Put the failure where the person looks. When that fails too, the log has both."""
    try:
        answer_once(case, f"{case.job.guid}.failed", failed(case.job.guid), "tell", step)
        step("confused", lambda: case.writer.react(CONFUSED))
    except (ReviewerError, StoredError, OSError):
        log.exception("the failure of delivery %s could not be told", case.job.guid)
