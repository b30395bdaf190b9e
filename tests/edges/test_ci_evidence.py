"""What CI left on GitHub, read over real connections; none of it can fail a review."""

from __future__ import annotations

import io
import logging
import zipfile
from pathlib import Path

import pytest

from reviewer.config import Config
from reviewer.detect.ci_report import MAX_BYTES, CiResult
from reviewer.edges.ci_evidence import read_ci_evidence, reports_in
from reviewer.edges.github_app import TOKEN_PERMISSIONS, GitHubApp
from reviewer.edges.github_read import read_snapshot
from reviewer.errors import Misconfigured
from reviewer.refs import InstallationId, PullNumber, PullRef, RepoName
from reviewer.sandbox.client import AppKey, Sandbox
from reviewer.sandbox.client_ci import add_alert, add_artifact, set_merge_commit
from tests.detect.test_ci_report import cargo, sarif
from tests.support.git_repo import GitRepo
from tests.support.github import GithubProcess

REPO = "acme/exchange"
EVIDENCE = {"security_events": "read", "actions": "read"}
PATH = "src/risk.rs"


class Pull:
    """A pull request on a stand-in where the App is installed."""

    def __init__(self, sandbox: Sandbox, directory: Path, granted: dict[str, str]) -> None:
        self.sandbox = sandbox
        repo = GitRepo(directory / "work")
        base = repo.commit({PATH: "fn a() {}\n"})
        sandbox.import_repo(repo.path, REPO)
        self.head = repo.commit({PATH: "fn a() {}\nfn b() {}\n"})
        key = AppKey.generate()
        app_id = sandbox.register_app(key.public, permissions=TOKEN_PERMISSIONS | granted)
        self.installation = InstallationId(sandbox.install(app_id, "acme"))
        self.number = sandbox.open_pull(REPO, base, self.head, "b", "", source=repo.path)
        self.app = GitHubApp(
            Config.from_env(
                {
                    "REVIEWER_APP_ID": str(app_id),
                    "REVIEWER_PRIVATE_KEY": key.private,
                    "REVIEWER_WEBHOOK_SECRET": "a-secret",
                    "REVIEWER_GITHUB_URL": sandbox.api_url,
                }
            )
        )

    def read(self, source: str) -> tuple[CiResult, ...]:
        ref = PullRef(RepoName.parse(REPO), PullNumber(self.number))
        http = self.app.connect(self.installation, ref.repo)
        try:
            snapshot = read_snapshot(http, ref)
        finally:
            http.close()
        return read_ci_evidence(self.app, source, self.installation, snapshot)

    def alert(self, kind: str, commit: str, rule: str) -> None:
        add_alert(
            self.sandbox, REPO, f"refs/pull/{self.number}/{kind}", commit, (PATH, 2),
            tool="CodeQL", rule=rule, message="tainted",
        )  # fmt: skip

    def artifact(self, content: bytes, *, head: str = "", expired: bool = False) -> None:
        add_artifact(self.sandbox, REPO, head or self.head, "lint", content, expired=expired)


@pytest.fixture
def pull(github: GithubProcess, tmp_path: Path) -> Pull:
    return Pull(github.client, tmp_path, EVIDENCE)


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


def test_alerts_of_the_head_and_of_its_merge_are_read(pull: Pull) -> None:
    merge = "c" * 40
    set_merge_commit(pull.sandbox, REPO, pull.number, merge)
    pull.alert("head", pull.head, "on-head")
    pull.alert("merge", merge, "on-merge")
    pull.alert("merge", "d" * 40, "of-an-earlier-push")
    found = pull.read("alerts")
    assert [(r.rule, r.tool, r.path, r.line) for r in found] == [
        ("on-head", "CodeQL", PATH, 2),
        ("on-merge", "CodeQL", PATH, 2),
    ]


def test_an_artifact_of_the_head_is_unpacked_and_read(pull: Pull) -> None:
    pull.artifact(zipped(clippy_sarif=sarif(PATH), cargo_json=cargo(PATH), readme_txt=b"hello"))
    assert [r.tool for r in pull.read("artifact:lint")] == ["clippy", "clippy"]
    assert pull.read("artifact:other") == ()
    assert pull.read("off") == ()


def test_the_newest_artifact_of_this_head_counts_and_no_other(pull: Pull) -> None:
    pull.artifact(zipped(a_sarif=sarif("old.rs")))
    pull.artifact(zipped(a_sarif=sarif("new.rs")))
    pull.artifact(zipped(a_sarif=sarif("other-head.rs")), head="e" * 40)
    pull.artifact(zipped(a_sarif=sarif("expired.rs")), expired=True)
    assert [r.path for r in pull.read("artifact:lint")] == ["new.rs"]


@pytest.mark.parametrize("source", ["alerts", "artifact:lint"])
def test_what_is_not_granted_is_no_evidence_and_the_operator_reads_why(
    github: GithubProcess, tmp_path: Path, caplog: pytest.LogCaptureFixture, source: str
) -> None:
    pull = Pull(github.client, tmp_path, {})
    with caplog.at_level(logging.WARNING):
        assert pull.read(source) == ()
    assert "no evidence of CI" in caplog.text


def test_a_fault_of_github_is_no_evidence(pull: Pull, caplog: pytest.LogCaptureFixture) -> None:
    pull.sandbox.fault("status", method="GET", path="code-scanning", status=403)
    with caplog.at_level(logging.WARNING):
        assert pull.read("alerts") == ()
    assert "403" in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        b"no zip at all",
        zipped(bomb_sarif=b"0" * (MAX_BYTES + 1)),
        zipped(a_sarif=sarif(PATH))[:-30],
        zipped(deep_json=b"[" * 500_000),
    ],
    ids=["no zip", "bomb", "cut", "deep"],
)
def test_an_artifact_made_to_hurt_is_no_evidence(pull: Pull, content: bytes) -> None:
    pull.artifact(content)
    assert pull.read("artifact:lint") == ()


def test_a_bomb_is_not_unpacked_beyond_the_bound() -> None:
    many = zipped(**{f"n{n}_json": b"0" * 3_000_000 for n in range(10)})
    read = list(reports_in(many))
    assert sum(map(len, read)) <= MAX_BYTES


def test_names_that_lead_elsewhere_are_only_looked_at(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(f"../../..{tmp_path}/x.sarif", sarif(PATH))
    assert len(list(reports_in(packed.getvalue()))) == 1
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", ["on", "artifact:", "artifact:a/b", "artifact:a\nb"])
def test_the_setting_is_checked(value: str) -> None:
    with pytest.raises(Misconfigured, match="REVIEWER_CI_EVIDENCE must be off, alerts or"):
        Config.from_env({"REVIEWER_CI_EVIDENCE": value})
