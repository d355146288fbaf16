"""A customer's own sign-in provider: `oidc-provider-mock` in the outside world, reachable by browsers too."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import msgspec

from e2e.lab.commands import wait_until
from e2e.lab.gate import End, Passage
from e2e.lab.lab import Lab
from e2e.lab.passages import LOOPBACK
from e2e.lab.plan import OUTSIDE_ADDRESS
from e2e.lab.zone import Record

HOST = "login.else.test"
PORT = 9400
ISSUER = f"http://{HOST}:{PORT}"

_DOOR = 29_400
_START_SECONDS = 30.0


@contextmanager
def identity_provider(lab: Lab, directory: Path, address: str) -> Iterator[str]:
    """Run it with one person of this address; gives the browser's option that leads to it."""
    lab.publish([Record(HOST, "A", OUTSIDE_ADDRESS)])
    passages = directory / "passages.json"
    outside = End(OUTSIDE_ADDRESS, PORT, str(lab.network.path("outside")))
    passages.write_bytes(msgspec.json.encode([Passage(End(LOOPBACK, _DOOR), outside)]))
    person = msgspec.json.encode({"sub": address, "email": address, "email_verified": True, "name": "Zoe"}).decode()
    serve = [
        sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--host", OUTSIDE_ADDRESS, "--port", str(PORT),
        "--user-claims", person,
    ]  # fmt: skip
    with (
        (directory / "provider.log").open("wb") as log,
        subprocess.Popen(lab.inside.host("outside", serve), stdout=log, stderr=log) as provider,
        subprocess.Popen([sys.executable, "-m", "e2e.lab.gate", str(passages)], stdout=log, stderr=log) as door,
    ):
        try:
            wait_until(_answers, "the sign-in provider answers", seconds=_START_SECONDS)
            yield f"--host-resolver-rules=MAP {HOST}:{PORT} {LOOPBACK}:{_DOOR}"
        finally:
            provider.terminate()
            door.terminate()


def _answers() -> bool:
    try:
        answer = httpx.get(
            f"http://{LOOPBACK}:{_DOOR}/.well-known/openid-configuration", headers={"Host": f"{HOST}:{PORT}"}
        )
    except httpx.TransportError:
        return False
    return answer.is_success and answer.json()["issuer"].rstrip("/") == ISSUER
