"""The systemd unit is one that systemd takes, and locked down."""

from __future__ import annotations

import re
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest

from reviewer.cli import main
from reviewer.config import SETTINGS
from reviewer.exit_codes import MISCONFIGURED

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
UNIT = (DEPLOY / "trading-reviewer.service").read_text("utf-8")
PROGRAM = "/opt/trading-reviewer/bin/reviewer"
ANALYZE = shutil.which("systemd-analyze")
with_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze on this machine")

HARDENING = {
    "CapabilityBoundingSet": "",
    "DynamicUser": "yes",
    "LockPersonality": "yes",
    "MemoryDenyWriteExecute": "yes",
    "NoNewPrivileges": "yes",
    "PrivateDevices": "yes",
    "PrivateTmp": "yes",
    "ProtectControlGroups": "yes",
    "ProtectHome": "yes",
    "ProtectKernelModules": "yes",
    "ProtectKernelTunables": "yes",
    "ProtectSystem": "strict",
    "RestrictAddressFamilies": "AF_INET AF_INET6 AF_UNIX",
    "RestrictNamespaces": "yes",
    "RestrictSUIDSGID": "yes",
    "StateDirectory": "trading-reviewer",
    "StateDirectoryMode": "0700",
    "SystemCallArchitectures": "native",
    "UMask": "0077",
}


@pytest.fixture(scope="module")
def service() -> dict[str, str]:
    """The [Service] section; of a key that is given more than once, the last."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNIT)
    return dict(parser["Service"])


def _all(key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", UNIT, flags=re.MULTILINE)


def test_it_is_locked_down(service: dict[str, str]) -> None:
    assert {key: service.get(key) for key in HARDENING} == HARDENING
    assert _all("SystemCallFilter") == ["@system-service", "~@privileged @resources"]


def test_it_runs_a_command_that_exists(service: dict[str, str]) -> None:
    program, command = service["ExecStart"].split()
    assert program == PROGRAM
    assert command in main.commands


def test_it_drains_before_it_is_killed(service: dict[str, str]) -> None:
    drain = next(s.default for s in SETTINGS if s.name == "REVIEWER_DRAIN_SECONDS")
    assert int(service["TimeoutStopSec"]) > float(drain or 0) + 15
    assert service["KillSignal"] == "SIGTERM"
    assert service["KillMode"] == "mixed"


def test_a_configuration_that_cannot_be_used_is_not_tried_again(service: dict[str, str]) -> None:
    assert service["RestartPreventExitStatus"] == str(MISCONFIGURED)


def test_secrets_are_credentials() -> None:
    loaded = {entry.partition(":")[0] for entry in _all("LoadCredential")}
    given = dict(entry.split("=", 1) for entry in _all("Environment"))
    files = {name: path for name, path in given.items() if name.endswith("_FILE")}
    assert {path.removeprefix("%d/") for path in files.values()} == loaded
    secrets = {setting.name for setting in SETTINGS if setting.secret}
    assert {name.removesuffix("_FILE") for name in files} <= secrets
    assert not secrets & set(given)


@with_systemd
@pytest.mark.parametrize("drop_in", [False, True], ids=["alone", "as a worker"])
def test_systemd_takes_it(tmp_path: Path, *, drop_in: bool) -> None:
    unit = tmp_path / "trading-reviewer.service"
    unit.write_text(_with_a_program_that_exists(UNIT))
    if drop_in:
        (snippet,) = re.findall(r"```ini\n(.*?)```", (DEPLOY / "README.md").read_text(), re.DOTALL)
        (tmp_path / "trading-reviewer.service.d").mkdir()
        override = tmp_path / "trading-reviewer.service.d" / "override.conf"
        override.write_text(_with_a_program_that_exists(snippet))
    done = subprocess.run(
        [ANALYZE or "", "verify", "--man=no", str(unit)], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@with_systemd
def test_systemd_calls_its_exposure_low(tmp_path: Path) -> None:
    unit = tmp_path / "trading-reviewer.service"
    unit.write_text(_with_a_program_that_exists(UNIT))
    done = subprocess.run(
        [ANALYZE or "", "security", "--offline=true", "--threshold=20", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _with_a_program_that_exists(text: str) -> str:
    """systemd looks whether the program can be run, and here it is not installed."""
    assert PROGRAM in text
    return text.replace(PROGRAM, "/bin/true")
