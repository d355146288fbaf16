"""The agent's configuration."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from tenant_agent.settings import SettingsError, checked, inputs_of, load


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_a_file_with_the_address_of_the_control_plane_is_enough(tmp_path: Path) -> None:
    settings = load(write(tmp_path / "agent.toml", 'control_url = "https://control.fleetpost.test/"'))
    assert settings.control_url == "https://control.fleetpost.test"
    assert settings.state_directory == Path("/var/lib/fleetpost")
    assert settings.tls_key == Path("/etc/fleetpost/tls/key.pem")


def test_a_fragment_wins_over_the_file_and_a_later_one_over_an_earlier(tmp_path: Path) -> None:
    path = write(tmp_path / "agent.toml", 'control_url = "https://one.test"')
    write(tmp_path / "agent.d/10.toml", 'control_url = "https://two.test"\nstate_directory = "/srv/state"')
    write(tmp_path / "agent.d/20.toml", 'control_url = "https://three.test"')
    settings = load(path)
    assert (settings.control_url, settings.state_directory) == ("https://three.test", Path("/srv/state"))


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_clear_text_is_accepted_to_this_machine_itself(url: str) -> None:
    assert checked(inputs_of([{"control_url": url}])).control_url == url


@pytest.mark.parametrize("url", ["http://control.fleetpost.test", "http://10.77.0.2", "ftp://x.test", "control.test"])
def test_the_credential_never_crosses_a_network_in_clear(url: str) -> None:
    with pytest.raises(SettingsError, match="https"):
        checked(inputs_of([{"control_url": url}]))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("control_url = ", "not valid TOML"),
        ('control_url = "https://c.test"\nsurprise = 1', "surprise"),
        ("control_url = 5", "Expected `str`"),
        ("", "control_url"),
        ('control_url = "https://c.test"\nstate_directory = "state"', "absolute"),
    ],
)
def test_a_mistake_in_the_file_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load(write(tmp_path / "agent.toml", text))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"agent\.toml does not exist"):
        load(tmp_path / "agent.toml")


def test_relays_may_be_in_the_networks_that_are_named() -> None:
    fragment = {"control_url": "https://c.test", "egress_allow": ["10.77.0.0/16"], "relay_ca_file": "/etc/ca.pem"}
    walls = checked(inputs_of([fragment])).walls
    assert walls.may_reach(ip_address("10.77.9.2"))
    assert not walls.may_reach(ip_address("10.78.9.2"))
    assert walls.authorities == Path("/etc/ca.pem")


@pytest.mark.parametrize(
    "wrong", [{"egress_allow": ["10.77.0.1/16"]}, {"egress_allow": ["lan"]}, {"relay_ca_file": "x"}]
)
def test_networks_and_certificates_of_relays_are_checked(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError):
        checked(inputs_of([{"control_url": "https://c.test", **wrong}]))
