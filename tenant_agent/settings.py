"""What the operator tells the agent: fragments (TOML files) become inputs, inputs become settings."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tenant_agent.layout import Layout
from tenant_agent.relays.walls import Walls, networks

_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsError(Exception):
    """The configuration cannot be used; the message says what to change."""


class Inputs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys that a configuration file may have."""

    control_url: str
    ca_file: str | None = None
    enrolment_token_file: str = "/etc/fleetpost/enrolment-token"  # noqa: S105 (a path)
    state_directory: str = "/var/lib/fleetpost"
    tls_certificate: str = "/etc/fleetpost/tls/cert.pem"
    tls_key: str = "/etc/fleetpost/tls/key.pem"
    relay_ca_file: str | None = None
    egress_allow: tuple[str, ...] = ()


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Checked settings, read once and passed."""

    control_url: str
    """Without a trailing slash; https, or http to this machine itself."""
    ca_file: Path | None
    """Certificates to trust for the control plane; none: the system's."""
    enrolment_token_file: Path
    tls_certificate: Path
    tls_key: Path
    layout: Layout
    walls: Walls = Walls()
    """Where relays may be, and what their certificates are checked with."""

    @property
    def state_directory(self) -> Path:
        return self.layout.state


def load(path: Path) -> Settings:
    """Read `agent.toml` and, in name order, the fragments `agent.d/*.toml` beside it; raises `SettingsError`."""
    fragments = [path, *sorted((path.parent / f"{path.stem}.d").glob("*.toml"))]
    return checked(inputs_of(_read(fragment) for fragment in fragments))


def inputs_of(fragments: Iterable[Mapping[str, object]]) -> Inputs:
    """Merge fragments, the later ones win; raises `SettingsError` for unknown or mistyped keys."""
    merged: dict[str, object] = {}
    for fragment in fragments:
        merged |= fragment
    try:
        return msgspec.convert(merged, Inputs)
    except msgspec.ValidationError as error:
        raise SettingsError(f"The agent's configuration is not valid: {error}.") from error


def checked(inputs: Inputs) -> Settings:
    """Turn inputs into settings; raises `SettingsError` for what would be unsafe or cannot work."""
    return Settings(
        control_url=_control_url(inputs.control_url),
        ca_file=Path(inputs.ca_file) if inputs.ca_file else None,
        enrolment_token_file=Path(inputs.enrolment_token_file),
        tls_certificate=_absolute("tls_certificate", inputs.tls_certificate),
        tls_key=_absolute("tls_key", inputs.tls_key),
        layout=Layout(state=_absolute("state_directory", inputs.state_directory)),
        walls=_walls(inputs),
    )


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text())
    except FileNotFoundError as error:
        raise SettingsError(f"{path} does not exist: write it, or name another file with --config.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from error


def _walls(inputs: Inputs) -> Walls:
    try:
        allowed = networks(inputs.egress_allow)
    except ValueError as error:
        raise SettingsError(f"egress_allow: {error}; write networks such as 10.1.0.0/16.") from error
    return Walls(allowed, _absolute("relay_ca_file", inputs.relay_ca_file) if inputs.relay_ca_file else None)


def _control_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise SettingsError(f"control_url is {url!r}: write it as https://host.")
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK_HOSTS:
        raise SettingsError(f"control_url is {url!r}: the credential would cross the network in clear, use https.")
    return url.rstrip("/")


def _absolute(name: str, value: str) -> Path:
    path = Path(value)
    if not path.is_absolute():
        raise SettingsError(f"{name} is {value!r}: give an absolute path.")
    return path
