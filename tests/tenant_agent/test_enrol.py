"""Joining the fleet, against a real HTTP server."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from tenant_agent import wire
from tenant_agent.clock import ManualClock
from tenant_agent.enrol import ControlPlaneAway, EnrolmentFailed, enrolled
from tenant_agent.layout import Layout
from tenant_agent.settings import Settings

REPLY = wire.EnrolReply(node_id="nod_1", credential="fpn_secret", bundle_keys=("key",))
CLOCK = ManualClock()


class Control(ThreadingHTTPServer):
    """A control plane that takes each token once."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tokens = {"fpe_good"}
        self.status: int | None = None


class Handler(BaseHTTPRequestHandler):
    server: Control

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        request = msgspec.json.decode(body, type=wire.EnrolRequest)
        good = self.path == wire.ENROL_PATH and request.token in self.server.tokens
        self.server.tokens.discard(request.token)
        self.send_response(self.server.status or (201 if good else 401))
        self.end_headers()
        self.wfile.write(msgspec.json.encode(REPLY))

    def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 (the base class's name)


@pytest.fixture
def control() -> Iterator[Control]:
    with Control() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def settings(control: Control, tmp_path: Path) -> Settings:
    token = tmp_path / "token"
    token.write_text("fpe_good\n")
    return Settings(
        control_url=f"http://127.0.0.1:{control.server_port}",
        ca_file=None,
        enrolment_token_file=token,
        tls_certificate=tmp_path / "cert.pem",
        tls_key=tmp_path / "key.pem",
        layout=Layout.under(tmp_path),
    )


async def test_a_token_becomes_a_credential_that_its_owner_alone_can_read(settings: Settings) -> None:
    identity = await enrolled(settings, "1", None, CLOCK)
    assert (identity.node_id, identity.credential, identity.bundle_keys) == ("nod_1", "fpn_secret", ("key",))
    assert identity.renewed_at_ms == CLOCK.now_ms()
    assert settings.layout.credential.stat().st_mode & 0o777 == 0o600
    assert not settings.enrolment_token_file.exists()


async def test_an_enrolled_node_needs_neither_token_nor_control_plane(settings: Settings, control: Control) -> None:
    await enrolled(settings, "1", None, CLOCK)
    control.status = 503
    assert (await enrolled(settings, "1", None, CLOCK)).credential == REPLY.credential


async def test_a_used_token_is_refused_with_what_to_do(settings: Settings, control: Control) -> None:
    control.tokens.clear()
    with pytest.raises(EnrolmentFailed, match="make a new one") as refusal:
        await enrolled(settings, "1", None, CLOCK)
    assert not isinstance(refusal.value, ControlPlaneAway)
    assert not settings.layout.credential.exists()


async def test_a_node_without_a_token_is_told_where_to_get_one(settings: Settings) -> None:
    settings.enrolment_token_file.unlink()
    with pytest.raises(EnrolmentFailed, match="fleetpost node add"):
        await enrolled(settings, "1", None, CLOCK)


async def test_a_control_plane_that_is_away_keeps_the_token_for_later(settings: Settings, control: Control) -> None:
    control.status = 503
    with pytest.raises(ControlPlaneAway):
        await enrolled(settings, "1", None, CLOCK)
    assert settings.enrolment_token_file.exists()
