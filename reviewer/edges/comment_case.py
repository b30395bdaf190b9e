"""One comment that was made, and all that carrying out its commands may need."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, replace

from reviewer.edges.command_uses import CommandUses
from reviewer.edges.comment_writer import CommentWriter
from reviewer.edges.dismissals import Dismissals
from reviewer.edges.github_http import GitHubHttp
from reviewer.edges.github_read import read_snapshot
from reviewer.edges.inbox import Inbox
from reviewer.edges.our_comments import read_our_comment
from reviewer.edges.ports import ReviewPorts
from reviewer.edges.pull_states import PullStates
from reviewer.edges.shared import Shared
from reviewer.errors import Defect
from reviewer.intake.commands import Permission
from reviewer.intake.comment import Invocation, Refusal, may_be_for_us, read_comment
from reviewer.intake.job import CommentJob, ReviewJob, Wish
from reviewer.policy.held import HeldPolicy
from reviewer.policy.policy import Policy
from reviewer.publish.thread_words import OurComment
from reviewer.pull.snapshot import Snapshot
from reviewer.refs import CommitSha
from reviewer.rust.file import RustFile


@dataclass(frozen=True, slots=True)
class Desk:
    """What all comments of a process share."""

    shared: Shared
    inbox: Inbox
    uses: CommandUses
    dismissals: Dismissals
    pull_states: PullStates


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command by its name, or the sentence that says why there is none."""

    command: str = ""
    argument: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a comment says to us, and what it is about. It is remembered with the job."""

    said: tuple[Spoken, ...]
    about: OurComment | None
    """The comment of ours in whose thread it stands."""
    snapshot: Snapshot
    held: HeldPolicy
    mention: str

    @property
    def policy(self) -> Policy:
        """The configuration that holds."""
        return self.held.policy

    @property
    def prefix(self) -> str:
        """What a command starts with here."""
        return self.policy.commands.prefix

    @property
    def finding(self) -> OurComment:
        """The comment that tells the finding. Raises Defect outside a thread of ours."""
        if self.about is None:
            raise Defect("asked for the finding of a comment that is about none")
        return self.about


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a command. The reply is empty where a reaction says enough."""

    done: bool
    reply: str = ""


class Case:
    """One comment's doors to the world. Used by one thread."""

    def __init__(self, desk: Desk, job: CommentJob) -> None:
        self.desk = desk
        self.job = job
        self.run = uuid.uuid4().hex
        """Tells this process's work on the job from what one before it began."""
        self.began = time.time()
        self._connection: GitHubHttp | None = None
        self._ports: ReviewPorts | None = None

    def close(self) -> None:
        """Close the connections to GitHub."""
        if self._connection is not None:
            self._connection.close()
        if self._ports is not None:
            self._ports.close()

    @property
    def http(self) -> GitHubHttp:
        """GitHub, with the rights of the App in this repository."""
        if self._connection is None:
            app = self.desk.shared.app
            self._connection = app.connect(self.job.installation, self.job.pull.repo)
        return self._connection

    @property
    def bot_login(self) -> str:
        """The name under which we write."""
        return self.desk.shared.app.bot_login()

    @property
    def writer(self) -> CommentWriter:
        """Answers the comment."""
        return CommentWriter(self.http, self.job, self.bot_login, self.desk.shared.lease.taken())

    def use(self, index: int | str) -> str:
        """The name of one command of the comment, or of `reply`: marks its reply and bookings."""
        return f"{self.job.guid}.{index}"

    def review_job(
        self, index: int | str, head: CommitSha, wish: Wish, only: str = ""
    ) -> ReviewJob:
        """The review that a command asks for; also whose budget a task has."""
        return ReviewJob(
            guid=self.use(index),
            installation=self.job.installation,
            pull=self.job.pull,
            head_sha=head,
            reason="command.review",
            wish=wish,
            only=only,
        )

    def trees(self, snapshot: Snapshot) -> dict[str, RustFile]:
        """The changed Rust files of the head."""
        return self.ports(self.review_job(0, snapshot.head_sha, Wish.AGAIN)).rust_files(snapshot)

    def ports(self, job: ReviewJob) -> ReviewPorts:
        """The code of the pull request, read once for all commands of the comment."""
        if self._ports is None:
            self._ports = ReviewPorts(self.desk.shared, job)
        return self._ports

    def at_head(self, heard: Heard, index: int | str) -> Heard:
        """The same with the finding's file under the name that it has at the head."""
        if heard.about is None:
            return heard
        snapshot = heard.snapshot
        ports = self.ports(self.review_job(index, snapshot.head_sha, Wish.AGAIN))
        return replace(heard, about=ports.at_head(heard.about, snapshot))

    def hear(self) -> Heard | None:
        """What the comment says, by the configuration of the base branch; None if nothing to us."""
        first, repo = self.job.reply_to, self.job.pull.repo
        about = (
            read_our_comment(self.http, repo, first, self.bot_login) if first is not None else None
        )
        if about is None and not may_be_for_us(self.job.body, self.bot_login):
            return None
        snapshot = read_snapshot(self.http, self.job.pull)
        held = self.desk.shared.policy_reader.read(self.http, self.job, snapshot)
        said = read_comment(
            self.job.body, mention=self.bot_login, prefix=held.policy.commands.prefix
        )
        if not said and about is None:
            return None
        return Heard(tuple(map(_spoken, said)), about, snapshot, held, self.bot_login)


def needed(policy: Policy, command: str) -> Permission:
    """The role that a command takes here."""
    return Permission(getattr(policy.commands.who, command))


def at_least_write(role: Permission) -> Permission:
    """The role, or write where it is less."""
    return role if role.allows(Permission.WRITE) else Permission.WRITE


def _spoken(said: Invocation | Refusal) -> Spoken:
    if isinstance(said, Refusal):
        return Spoken(sentence=said.sentence)
    return Spoken(said.command.name, said.argument)
