"""The image holds a program that runs: the steps of its own Dockerfile make it, here and now."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from pathlib import Path

from reviewer import __version__
from reviewer.cli import main
from reviewer.sandbox.client import AppKey
from tests.deploy.dockerfile import SKIPPED, Build, Dockerfile, health_command

ROOT = Path(__file__).parent.parent.parent
DOCKERFILE = Dockerfile.parse((ROOT / "deploy" / "Dockerfile").read_text("utf-8"))
FINAL = DOCKERFILE.stages[-1]
ENTRYPOINT = json.loads(FINAL.texts("ENTRYPOINT")[0])
STARTS_WITHIN = 30.0


def test_the_image_holds_a_program_that_runs(tmp_path: Path) -> None:
    # One test, since every process that runs tests would build an image of its own.
    image = Build(DOCKERFILE, ROOT, tmp_path / "image")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    check_that_only_what_needs_an_engine_was_skipped(image)
    check_that_the_command_works_where_there_is_no_source(image, elsewhere)
    check_that_every_file_of_the_program_is_there(image, elsewhere)
    check_that_it_serves_and_writes_only_into_its_directory(image, elsewhere)


def _run(image: Build, directory: Path, *command: str) -> str:
    done = subprocess.run(
        command, cwd=directory, env=image.environ(), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check_that_the_command_works_where_there_is_no_source(image: Build, tmp_path: Path) -> None:
    assert __version__ in _run(image, tmp_path, *ENTRYPOINT, "--version")
    shown = _run(image, tmp_path, *ENTRYPOINT, "--help")
    for command in main.commands:
        assert command in shown
    where = _run(image, tmp_path, "python", "-c", "import reviewer; print(reviewer.__file__)")
    assert Path(where.strip()).is_relative_to(image.inside("/opt/reviewer"))
    assert not image.inside("/src").exists()


def check_that_every_file_of_the_program_is_there(image: Build, tmp_path: Path) -> None:
    where = _run(image, tmp_path, "python", "-c", "import reviewer; print(reviewer.__file__)")
    installed = Path(where.strip()).parent
    source = ROOT / "reviewer"
    wanted = {path.relative_to(source) for path in source.rglob("*") if path.is_file()}
    wanted = {path for path in wanted if "__pycache__" not in path.parts}
    missing = {path for path in wanted if not (installed / path).is_file()}
    assert not missing
    assert (installed / "_app.yml").is_file()
    for prompt in (ROOT / "prompts").rglob("*.md"):
        packed = installed / "_prompts" / prompt.relative_to(ROOT / "prompts")
        assert packed.read_bytes() == prompt.read_bytes()
    if (ROOT / "prompts" / "agent.md").exists():
        assert (installed / "_prompts" / "agent.md").is_file()


def check_that_it_serves_and_writes_only_into_its_directory(image: Build, tmp_path: Path) -> None:
    port_file = tmp_path / "port"
    environ = image.environ(
        REVIEWER_APP_ID="1",
        REVIEWER_PRIVATE_KEY=AppKey.generate().private,
        REVIEWER_WEBHOOK_SECRET="a-webhook-secret",
        REVIEWER_GITHUB_URL="http://127.0.0.1:9",
        REVIEWER_HOST="127.0.0.1",
        REVIEWER_PORT="0",
        REVIEWER_DRAIN_SECONDS="1",
    )
    data = image.inside("/var/lib/trading-reviewer")
    assert environ["REVIEWER_DATA_DIR"] == str(data)
    before = _times(image.root, data)
    process = subprocess.Popen(
        [*ENTRYPOINT, *json.loads(FINAL.texts("CMD")[0]), "--port-file", str(port_file)],
        cwd=data,
        env=environ,
        stderr=(tmp_path / "log").open("wb"),
    )
    try:
        deadline = time.monotonic() + STARTS_WITHIN
        while not port_file.exists() or not port_file.read_text():
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        environ["REVIEWER_PORT"] = port_file.read_text()
        assert _health(environ) == 0
        process.send_signal(getattr(signal, FINAL.texts("STOPSIGNAL")[0]))
        assert process.wait(timeout=STARTS_WITHIN) == 0
    finally:
        process.kill()
        process.wait()
    assert _health(environ) != 0
    assert _times(image.root, data) == before
    assert any(data.iterdir())


def _health(environ: dict[str, str]) -> int:
    command = health_command(FINAL)
    return subprocess.run(command, env=environ, capture_output=True).returncode


def _times(root: Path, but: Path) -> dict[Path, int]:
    return {
        path: path.lstat().st_mtime_ns
        for path in root.rglob("*")
        if not path.is_relative_to(but) and path not in but.parents
    }


def check_that_only_what_needs_an_engine_was_skipped(image: Build) -> None:
    assert image.skipped
    assert all(any(step.startswith(word) for step in image.skipped) for word in SKIPPED)


def test_the_base_is_one_argument_that_can_be_pinned() -> None:
    assert list(DOCKERFILE.arguments) == ["PYTHON_IMAGE"]
    assert DOCKERFILE.arguments["PYTHON_IMAGE"].startswith("python:3.11-slim")
    assert {stage.base for stage in DOCKERFILE.stages} == {"${PYTHON_IMAGE}"}


def test_it_runs_as_a_user_of_a_fixed_id_that_is_not_root() -> None:
    (user,) = FINAL.texts("USER")
    uid, _, gid = user.partition(":")
    assert min(int(uid), int(gid)) >= 1000
    made = " ".join(FINAL.texts("RUN"))
    assert f"--uid {uid}" in made
    assert f"--gid {gid}" in made
    assert f"chown {user} /var/lib/trading-reviewer" in made


def test_the_final_stage_brings_git_and_no_compiler() -> None:
    installs = [step for step in FINAL.texts("RUN") if "apt-get install" in step]
    assert len(installs) == 1
    packages = installs[0].partition("--no-install-recommends ")[2].partition(" && ")[0]
    assert packages.split() == ["ca-certificates", "git"]


def test_dependencies_come_by_hash_and_the_program_without_any() -> None:
    locked, program = (step for step in DOCKERFILE.stages[0].texts("RUN") if "pip install" in step)
    assert "--require-hashes" in locked
    assert "--only-binary :all:" in locked
    assert "--no-deps" in program
    assert "--no-build-isolation" in program
    assert "-e " not in program


def test_it_listens_where_it_is_exposed() -> None:
    settings = " ".join(FINAL.texts("ENV"))
    assert f"REVIEWER_PORT={FINAL.texts('EXPOSE')[0]}" in settings
    assert "REVIEWER_HOST=0.0.0.0" in settings
    assert FINAL.texts("VOLUME") == ["/var/lib/trading-reviewer"]
