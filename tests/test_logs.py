"""Logs never hold passwords, keys, cookies, tokens or bodies: canaries are fed in, and looked for in what is logged.

The logs are those of the whole application in a process of its own, as an operator would have them.
"""

import os
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import httpx
import msgspec
import pytest

from control_plane.accounts import service as accounts
from control_plane.core.database import Database
from control_plane.settings import Settings
from tests.conftest import Tenant
from tests.control_plane.messages.messages import message

_STARTS_WITHIN_SECONDS = 60
_TOKEN = re.compile(r'name="csrf-token" content="([^"]*)"')


def canary() -> str:
    """Make up a word that is found nowhere else."""
    return f"canary-{secrets.token_hex(8)}"


class Server(msgspec.Struct, frozen=True):
    """The application in a process of its own, and the file of what it logs."""

    url: str
    log: Path


@pytest.fixture(scope="module")
def server(servers: dict[str, str], settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Generator[Server]:
    """Start the application behind its real web server, and end it."""
    log = tmp_path_factory.mktemp("logs") / "web.log"
    own = {
        "FLEETPOST_VAULT_KEYS": settings.vault_keys,
        "FLEETPOST_SESSION_SECRET": settings.session_secret,
        "FLEETPOST_PUBLIC_URL": settings.public_url,
        "FLEETPOST_EGRESS_ALLOW": "127.0.0.0/8",
    }
    port = _free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "--port", str(port)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "control_plane.asgi:create_app"], env=os.environ | servers | own, stdout=out, stderr=out
        )
        try:
            _until_up(f"http://127.0.0.1:{port}", process)
            yield Server(f"http://127.0.0.1:{port}", log)
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    """Find a port that is free just now, below those that connections get by themselves."""
    for port in range(21_000 + secrets.randbelow(5_000), 32_000):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise AssertionError("no port is free")


def _until_up(url: str, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _STARTS_WITHIN_SECONDS
    while True:
        assert process.poll() is None, "the server ended"
        assert time.monotonic() < deadline, "the server does not answer"
        try:
            httpx.get(f"{url}/healthz")
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return


async def test_nothing_that_is_secret_is_logged(server: Server, db: Database, tenant: Tenant, domain: str) -> None:
    marks = {
        name: canary() for name in ("password", "body", "header", "query", "cookie", "token", "webhook", "mailbox")
    }
    email = f"{canary()}@acme.test"
    async with db.fleet_tx() as tx:
        await accounts.create_user(tx, tenant.id, email, marks["password"], "owner", "Ann")
    async with httpx.AsyncClient(base_url=server.url, headers={"accept": "text/html"}) as browser:
        marks |= await _at_the_portal(browser, email, marks)
    async with httpx.AsyncClient(base_url=server.url, headers=tenant.headers) as program:
        marks |= await _through_the_api(program, domain, marks)
    marks["key"] = tenant.key
    logged = server.log.read_text()
    assert "/v1/messages" in logged  # it is the log
    assert {name for name, mark in marks.items() if mark in logged} == set()


async def _at_the_portal(browser: httpx.AsyncClient, email: str, marks: dict[str, str]) -> dict[str, str]:
    """Sign in wrongly and rightly, follow links; gives the cookies that were set."""
    found = _TOKEN.search((await browser.get("/sign-in", params={"next": f"/{marks['query']}"})).text)
    assert found
    for password in (marks["token"], marks["password"]):
        form = {"_csrf_token": found[1], "email": email, "password": password}
        answer = await browser.post("/sign-in", data=form)
    assert answer.status_code == 303, answer.text
    await browser.get("/", headers={"cookie": f"fp_session={marks['cookie']}"})
    await browser.get(f"/links/{marks['token']}")
    await browser.get(f"/invitations/{marks['token']}")
    await browser.get("/settings", headers={"x-canary": marks["header"]})
    return {f"cookie {each.name}": each.value or "" for each in browser.cookies.jar if len(each.value or "") > 8}


async def _through_the_api(program: httpx.AsyncClient, domain: str, marks: dict[str, str]) -> dict[str, str]:
    """Send and make things, rightly and wrongly; gives the secrets that were answered."""
    await program.post("/v1/messages", json=message(domain, subject=marks["body"], text=marks["body"]))
    await program.post("/v1/messages", json={"subject": marks["body"], "nonsense": marks["body"]})
    await program.post("/v1/messages", content=f'{{"{marks["body"]}'.encode())
    await program.post("/v1/mailboxes", json={"address": f"{marks['mailbox']}@{domain}", "password": marks["password"]})
    await program.get("/v1/messages", params={"recipient": f"{marks['query']}@else.test"})
    await program.get("/v1/messages", headers={"authorization": f"Bearer {marks['token']}"})
    hook = (await program.post("/v1/webhooks", json={"url": f"http://127.0.0.1:1/{marks['webhook']}"})).json()
    new_key = {"name": "shop", "scopes": ["messages:read"]}
    made = (await program.post("/v1/api-keys", json=new_key, headers={"Idempotency-Key": marks["header"]})).json()
    return {"webhook secret": hook["secrets"][0], "new key": made["secret"]}
