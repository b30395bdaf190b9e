"""People talking with the App on a pull request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reviewer.sandbox import client_people as people
from tests.support.app import AppProcess, wait_for
from tests.support.stage import REPO, Stage

BOT = "trading-reviewer[bot]"
ROLES = {
    "rita": "read",
    "tom": "triage",
    "will": "write",
    "wanda": "write",
    "mia": "maintain",
    "ada": "admin",
}
DONE, REFUSED = ["rocket"], ["confused"]


@dataclass(frozen=True, slots=True)
class Said:
    """A comment that somebody made; `first` is the one that its thread begins with."""

    id: int
    first: int | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One pull request, and the App that listens to it."""

    stage: Stage
    app: AppProcess
    number: int

    def say(self, body: str, actor: str) -> Said:
        """Comment in the conversation."""
        made = self.stage.sandbox.comment(REPO, self.number, body, actor=actor)
        return Said(int(made["id"]))

    def reply(self, first: int, body: str, actor: str) -> Said:
        """Comment in a thread."""
        sandbox = self.stage.sandbox
        made = people.reply(sandbox, REPO, self.number, first, body, actor=actor)
        return Said(int(made["id"]), first)

    def ask(self, body: str, actor: str, *, first: int | None = None) -> tuple[list[str], str]:
        """Comment, wait until the App is done with it; its reactions and its answers as one."""
        said = self.say(body, actor) if first is None else self.reply(first, body, actor)
        return self.settled(said), "\n".join(self.answers(said))

    def settled(self, said: Said) -> list[str]:
        """The App's reactions, once there are others than eyes."""

        def over() -> list[str] | None:
            found = self.reactions(said)
            return found if found and "eyes" not in found else None

        return wait_for(over, f"the end of comment {said.id}", self.app.log, 30)

    def reactions(self, said: Said) -> list[str]:
        """The App's reactions to a comment."""
        listed = people.reactions_to_issue_comment if said.first is None else people.reactions
        found = listed(self.stage.sandbox, REPO, said.id)
        return sorted(one["content"] for one in found if one["user"]["login"] == BOT)

    def answers(self, said: Said) -> list[str]:
        """What the App said behind a comment, in the conversation or in its thread."""
        sandbox = self.stage.sandbox
        listed: list[dict[str, Any]] = (
            sandbox.issue_comments(REPO, self.number)
            if said.first is None
            else [
                comment
                for comment in sandbox.comments(REPO, self.number)
                if comment.get("in_reply_to_id") == said.first
            ]
        )
        return [c["body"] for c in listed if c["id"] > said.id and c["user"]["login"] == BOT]

    def thread_on(self, text: str) -> int:
        """The App's comment that stands on a line of this text."""
        found = self.threads_on(text)
        assert found, f"no comment stands on {text!r}"
        return found[0]

    def threads_on(self, text: str) -> list[int]:
        """All of the App's comments that stand on such a line, oldest first, without replies."""
        return [
            int(comment["id"])
            for comment in self.stage.sandbox.comments(REPO, self.number)
            if comment["user"]["login"] == BOT
            and comment.get("in_reply_to_id") is None
            and comment["diff_hunk"].rpartition("\n")[2][1:] == text
        ]


def reviewed(stage: Stage, app: AppProcess, **pull: Any) -> Talk:
    """A pull request that the App has reviewed, and the people of the repository."""
    stage.deliver_to(app)
    for login, role in ROLES.items():
        stage.sandbox.set_role(REPO, login, role)
    number = stage.open_pull(**pull)
    stage.wait_for_check(stage.head_of(number), app)
    return Talk(stage, app, number)
