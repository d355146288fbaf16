"""Trades the one-time token for the node's own credential, once in a node's life."""

import ssl
from pathlib import Path

import httpx
import msgspec
import structlog

from tenant_agent import wire
from tenant_agent.clock import Clock
from tenant_agent.identity import Identity
from tenant_agent.settings import Settings

log = structlog.get_logger(__name__)


class EnrolmentFailed(Exception):
    """The node could not enrol; the message says what to do."""


class ControlPlaneAway(EnrolmentFailed):
    """The control plane does not answer; worth trying again."""


async def enrolled(settings: Settings, agent_version: str, tls: ssl.SSLContext | None, clock: Clock) -> Identity:
    """Give the stored identity, or enrol now; raises `EnrolmentFailed`."""
    credential = settings.layout.credential
    if credential.exists():
        return Identity.read(credential)
    request = wire.EnrolRequest(token=_token(settings.enrolment_token_file), agent_version=agent_version)
    reply = await _enrol(settings.control_url, request, tls)
    identity = Identity.begin(credential, reply, clock.now_ms())
    settings.enrolment_token_file.unlink()
    log.info("node.enrolled", node_id=reply.node_id)
    return identity


def _token(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise EnrolmentFailed(
            f"This node has no credential and {path} cannot be read: "
            "make a token with `fleetpost node add` and put it there."
        ) from error


async def _enrol(control_url: str, request: wire.EnrolRequest, tls: ssl.SSLContext | None) -> wire.EnrolReply:
    try:
        async with httpx.AsyncClient(verify=tls or True, trust_env=False, timeout=10.0) as http:
            answer = await http.post(
                control_url + wire.ENROL_PATH,
                content=msgspec.json.encode(request),
                headers={"Content-Type": "application/json"},
            )
    except httpx.TransportError as error:
        raise ControlPlaneAway(f"{control_url} does not answer: {str(error) or type(error).__name__}") from error
    if answer.is_server_error:
        raise ControlPlaneAway(f"{control_url} cannot enrol just now (status {answer.status_code}).")
    if not answer.is_success:
        raise EnrolmentFailed(
            f"{control_url} refused the enrolment token (status {answer.status_code}): "
            "it was used before or has expired, make a new one."
        )
    return msgspec.json.decode(answer.content, type=wire.EnrolReply)
