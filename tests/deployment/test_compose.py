"""docker-compose.yml: what it passes exists, what it runs is pinned, and nothing has needless rights."""

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from tests import ROOT
from tests.deployment.files import read_compose
from webapp.config import Settings
from webapp.work.queue import JOB_TIMEOUT, QUEUES

SERVICES = ("postgres", "valkey", "migrate", "web", "worker", "scheduler")
OURS = ("migrate", "web", "worker", "scheduler")
# Names of the specification that the file uses; a misspelt one would be refused or, in an x- part, ignored.
TOP_KEYS = {"name", "services", "volumes", "configs", "secrets", "x-app", "x-after-migration"}
SERVICE_KEYS = {
    *("build", "image", "command", "entrypoint", "environment", "configs", "secrets", "volumes", "tmpfs"),
    *("depends_on", "deploy", "healthcheck", "init", "ports", "restart", "shm_size", "stop_grace_period"),
    *("cap_add", "cap_drop", "read_only", "security_opt", "user"),
}
HEALTH_KEYS = {"test", "interval", "timeout", "start_period", "start_interval"}


def test_only_names_of_the_specification_are_used(compose: dict[str, Any]) -> None:
    assert set(compose) == TOP_KEYS
    assert tuple(compose["services"]) == SERVICES
    for service in compose["services"].values():
        assert set(service) <= SERVICE_KEYS
        assert set(service.get("healthcheck", {})) <= HEALTH_KEYS
        assert set(service.get("deploy", {})) <= {"replicas"}


def test_docker_compose_accepts_the_file(tmp_path: Path) -> None:
    plugin = ["docker", "compose"]
    version = [*plugin, "version"]
    if not shutil.which("docker") or subprocess.run(version, capture_output=True, check=False).returncode:
        pytest.skip("Docker Compose is not installed here")
    command = [*plugin, "--file", str(ROOT / "docker-compose.yml"), "config", "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_setting_is_passed_and_none_that_does_not_exist(compose: dict[str, Any]) -> None:
    """Secrets go as files of known settings, the rest by the names of `.env.example`, empty by default."""
    settings = {field.name.upper() for field in fields(Settings)}
    documented = set(re.findall(r"^#(\w+)=", (ROOT / ".env.example").read_text(), re.M))
    secret = {name for name in settings if f"{name}_FILE" in documented}
    for name in OURS:
        environment = compose["services"][name]["environment"]
        assert set(environment) == {f"{name}_FILE" for name in secret} | (settings - secret), name
        assert set(environment) <= documented, name
        mounted = {f"/run/secrets/{secret}" for secret in compose["services"][name]["secrets"]}
        assert {environment[f"{name}_FILE"] for name in secret} == mounted, name
        assert {environment[name] for name in settings - secret} == {""}, name


def test_a_setting_of_the_env_file_arrives() -> None:
    given = {"LOG_LEVEL": "DEBUG", "WEB_THREADS": "9", "WORKERS": "5", "PORT": "8123"}
    services = read_compose(given)["services"]
    assert services["worker"]["environment"]["LOG_LEVEL"] == "DEBUG"
    assert services["worker"]["deploy"]["replicas"] == "5"
    assert "--threads=9" in services["web"]["command"]
    assert services["web"]["ports"] == ["127.0.0.1:8123:8000"]


def test_secrets_are_files_that_are_defined(compose: dict[str, Any]) -> None:
    used = {name for service in compose["services"].values() for name in service.get("secrets", [])}
    assert used == set(compose["secrets"])
    assert compose["secrets"] == {name: {"file": f"secrets/{name}"} for name in used}
    read = set(re.findall(r"/run/secrets/(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert read == used


def test_no_secret_is_written_down() -> None:
    """Nothing that could be a password: no variable of a secret's name is filled in from the environment."""
    text = (ROOT / "docker-compose.yml").read_text()
    assert not re.findall(
        r"\$\{\w*(?:PASSWORD|SECRET|KEY|URL_FILE|DATABASE|REDIS)\w*[:}-]", text.replace("$$", "")
    )


def test_images_are_pinned(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        image, tag = service["image"].rsplit(":", 1)
        assert image, name
        assert tag == "local" if name in OURS else re.fullmatch(r"\d+\.\d+\.\d+-\w+", tag), name


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_has_rights_that_it_does_not_need(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "network_mode", "pid"} & set(service)
    assert (name == "postgres") != service.get("read_only", False)
    for port in service.get("ports", []):
        assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_a_health_check_or_ends_by_itself(compose: dict[str, Any], name: str) -> None:
    service = compose["services"][name]
    assert ("healthcheck" in service) != (service["restart"] == "no")


def test_services_wait_for_the_migration_and_the_servers(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "worker", "scheduler"):
        assert services[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_there_is_one_scheduler_and_a_worker_for_every_queue(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["scheduler"]["deploy"]["replicas"] == 1
    assert services["worker"]["command"][-1].split()[-len(QUEUES) :] == list(QUEUES)


def test_a_worker_is_given_the_time_to_finish_its_job(compose: dict[str, Any]) -> None:
    assert seconds(compose["services"]["worker"]["stop_grace_period"]) > JOB_TIMEOUT


def test_the_web_server_answers_what_it_began(compose: dict[str, Any]) -> None:
    web = compose["services"]["web"]
    (graceful,) = [part.split("=")[1] for part in web["command"] if part.startswith("--graceful-timeout=")]
    assert seconds(web["stop_grace_period"]) > int(graceful) > 15  # a statement may take 15 seconds


@pytest.mark.parametrize("name", OURS)
def test_commands_exist(compose: dict[str, Any], name: str) -> None:
    """The programs are those of the dependencies; the modules they are given are ours."""
    words = " ".join(compose["services"][name]["command"]).replace(":app", "").split()
    program = words[words.index("exec") + 1] if "exec" in words else words[0]
    assert (Path(sys.executable).parent / program).exists(), program
    for module in re.findall(r"\b(?:jobs|webapp)(?:\.\w+)+", " ".join(words)):
        path = ROOT / module.removesuffix(".Worker").replace(".", "/")
        assert path.with_suffix(".py").exists(), module


def seconds(text: str) -> int:
    number, unit = int(text[:-1]), text[-1]
    return number * {"s": 1, "m": 60}[unit]
