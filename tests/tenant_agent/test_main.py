"""The command `fleetpost-agent`, as an operator types it."""

import subprocess
import sys
from pathlib import Path

import pytest


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tenant_agent", *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def written(directory: Path, **changes: str) -> Path:
    settings = {
        "control_url": "https://control.test",
        "state_directory": str(directory / "state"),
        "enrolment_token_file": str(directory / "token"),
        "tls_certificate": str(directory / "cert.pem"),
        "tls_key": str(directory / "key.pem"),
    }
    path = directory / "agent.toml"
    path.write_text("".join(f'{name} = "{value}"\n' for name, value in (settings | changes).items()))
    return path


def test_check_says_what_is_missing_and_what_to_do(tmp_path: Path) -> None:
    done = command("check", "--config", str(written(tmp_path)))
    assert done.returncode == 1
    assert f"{tmp_path}/cert.pem does not exist: put the node's certificate" in done.stdout
    assert "fleetpost node add" in done.stdout


@pytest.mark.node
def test_check_is_content_with_a_complete_node(tmp_path: Path) -> None:
    for name in ("cert.pem", "key.pem", "token"):
        (tmp_path / name).touch()
    done = command("check", "--config", str(written(tmp_path)))
    assert (done.returncode, done.stdout) == (0, "Nothing is wrong.\n")


def test_an_unusable_configuration_is_explained(tmp_path: Path) -> None:
    done = command("run", "--config", str(written(tmp_path, control_url="http://control.test")))
    assert done.returncode == 2
    assert "use https" in done.stderr
