"""compose.yaml keeps what the runbook promises."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet

from reviewer.cli import main
from reviewer.config import SETTINGS
from reviewer.sandbox.client import AppKey
from tests.deploy.dockerfile import Dockerfile
from tests.support.app import AppProcess, wait_for
from tests.support.postgres import postgres

DEPLOY = Path(__file__).parent.parent.parent / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
APPS = {name: service for name, service in SERVICES.items() if name not in ("proxy", "postgres")}
WORKERS = {name: service for name, service in APPS.items() if service["command"] == ["worker"]}
IMAGE = Dockerfile.parse((DEPLOY / "Dockerfile").read_text("utf-8")).stages[-1]
every_service = pytest.mark.parametrize("service", SERVICES.values(), ids=SERVICES)


def test_there_is_a_receiver_two_workers_a_store_and_a_proxy() -> None:
    assert set(SERVICES) == {"proxy", "web", "worker-1", "worker-2", "postgres"}
    assert SERVICES["postgres"]["image"].endswith("postgres:17}")
    for service in APPS.values():
        (command,) = service["command"]
        assert command in main.commands


def test_only_the_proxy_is_published() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert not any("network_mode" in service for service in SERVICES.values())


def test_the_store_and_the_receiver_are_reached_by_those_that_need_them() -> None:
    def members(network: str) -> set[str]:
        return {name for name, service in SERVICES.items() if network in service["networks"]}

    assert members("store") == {"postgres", *APPS}
    assert members("front") == {"proxy", "web"}
    assert "postgres" not in members("outside")
    assert COMPOSE["networks"]["store"]["internal"] is True
    assert COMPOSE["networks"]["front"]["internal"] is True


@every_service
def test_every_service_is_locked_down(service: dict[str, Any]) -> None:
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert service.get("cap_add", []) in ([], ["NET_BIND_SERVICE"])
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", [*APPS, "postgres"])
def test_none_but_the_proxy_runs_as_root_or_gains_a_capability(name: str) -> None:
    uid, _, gid = SERVICES[name]["user"].partition(":")
    assert int(uid) > 0
    assert int(gid) > 0
    assert "cap_add" not in SERVICES[name]


@pytest.mark.parametrize("name", APPS)
def test_the_app_runs_as_the_user_of_the_image_and_may_write_where_it_has_to(name: str) -> None:
    service = APPS[name]
    assert [service["user"]] == IMAGE.texts("USER")
    mounted = [*service["tmpfs"], *service.get("volumes", [])]
    assert any(entry.startswith("/tmp:") for entry in mounted)
    assert any("/var/lib/trading-reviewer" in entry for entry in mounted)


def test_every_container_has_a_health_check() -> None:
    # `web` has the image's own.
    assert IMAGE.texts("HEALTHCHECK")
    without = [name for name, service in SERVICES.items() if "healthcheck" not in service]
    assert without == ["web"]


def test_secrets_are_files_and_each_is_used() -> None:
    declared = set(COMPOSE["secrets"])
    used = {secret for service in SERVICES.values() for secret in service.get("secrets", [])}
    assert used == declared
    assert all(secret["file"] == f"./secrets/{name}" for name, secret in COMPOSE["secrets"].items())
    secret_names = {setting.name for setting in SETTINGS if setting.secret}
    for service in APPS.values():
        environment = service["environment"]
        assert not secret_names & set(environment)
        given = {name.removesuffix("_FILE") for name in environment if name.endswith("_FILE")}
        assert given == secret_names
        for name in given:
            path = environment[f"{name}_FILE"]
            assert path.removeprefix("/run/secrets/") in service["secrets"]


def test_the_app_is_given_time_to_drain() -> None:
    drain = next(s.default for s in SETTINGS if s.name == "REVIEWER_DRAIN_SECONDS")
    for service in APPS.values():
        assert int(service["stop_grace_period"].removesuffix("s")) > float(drain or 0) + 15


def test_workers_have_names_and_volumes_of_their_own() -> None:
    assert len(WORKERS) == 2
    names = {service["environment"]["REVIEWER_EXECUTOR_ID"] for service in WORKERS.values()}
    volumes = {volume for service in WORKERS.values() for volume in service["volumes"]}
    assert len(names) == len(volumes) == 2
    assert {volume.partition(":")[0] for volume in volumes} <= set(COMPOSE["volumes"])


def test_the_health_check_of_a_worker_follows_its_heartbeat(tmp_path: Path) -> None:
    service = WORKERS["worker-1"]
    kind, python, option, program = service["healthcheck"]["test"]
    assert (kind, python, option) == ("CMD", "python", "-c")
    name = service["environment"]["REVIEWER_EXECUTOR_ID"]
    url_file = tmp_path / "database-url"

    def health() -> int:
        environ = {"REVIEWER_DATABASE_URL_FILE": str(url_file), "REVIEWER_EXECUTOR_ID": name}
        command = [sys.executable, "-c", program]
        return subprocess.run(command, env=environ, capture_output=True).returncode

    with postgres() as url:
        url_file.write_text(f"{url}\n")
        assert health() != 0
        worker = AppProcess(
            "worker",
            {
                "REVIEWER_APP_ID": "1",
                "REVIEWER_PRIVATE_KEY": AppKey.generate().private,
                "REVIEWER_WEBHOOK_SECRET": "a-webhook-secret",
                "REVIEWER_GITHUB_URL": "http://127.0.0.1:9",
                "REVIEWER_DATA_DIR": str(tmp_path / "data"),
                "REVIEWER_DATABASE_URL_FILE": str(url_file),
                "REVIEWER_ENCRYPTION_KEY": Fernet.generate_key().decode(),
                "REVIEWER_EXECUTOR_ID": name,
                "REVIEWER_DRAIN_SECONDS": "1",
            },
            tmp_path / "worker",
        )
        with worker:
            wait_for(lambda: "runs up to" in worker.log(), "the worker", worker.log)
            assert health() == 0
            assert worker.stop() == 0
