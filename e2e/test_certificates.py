"""Certificates from a real authority, served by real Postfix, Dovecot and HAProxy while sessions stay up."""

import hashlib
import imaplib
import secrets
import smtplib
import socket
import ssl
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from e2e.conftest import Up
from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import PLATFORM_ZONE
from e2e.lab.tenant import Tenant
from e2e.lab.zone import Record

ISSUED_SECONDS = 120.0
SERVED_SECONDS = 30.0
LOOPBACK = "127.0.0.1"


class Named(msgspec.Struct, frozen=True):
    """A domain of this test's own, whose names point to us."""

    id: str
    name: str


def claimed(lab: Lab, up: Up) -> Named:
    """Have a domain proven and publish all its records."""
    name = f"secure-{secrets.token_hex(4)}.test"  # whoever issued for others may be gone, with its root
    with httpx.Client(base_url=up.api, headers={"Authorization": f"Bearer {up.tenant_key}"}, timeout=30) as api:
        Tenant(lab, api).claim(name)
        listed = api.get("/v1/domains?limit=100").raise_for_status().json()["data"]
        return next(Named(each["id"], each["name"]) for each in listed if each["name"] == name)


@pytest.fixture(scope="module")
def domain(lab: Lab, up: Up) -> Named:
    """A domain whose names point to us."""
    return claimed(lab, up)


@pytest.fixture
def out_of_step(lab: Lab) -> Iterator[None]:
    """An authority that refuses four in ten good nonces, and has forgotten us besides."""
    lab.ca.stop()
    lab.ca.start({"PEBBLE_WFE_NONCEREJECT": "40"})
    yield
    lab.ca.stop()
    lab.ca.start()


def certificate_of(api: httpx.Client, name: str) -> dict[str, Any] | None:
    """Find the certificate that begins with a name, once it is issued."""
    listed: list[dict[str, Any]] = api.get("/v1/certificates?limit=200").raise_for_status().json()["data"]
    found = (each for each in listed if each["names"][0] == name and each["status"] == "issued")
    return next(found, None)


def issued(api: httpx.Client, name: str) -> dict[str, Any]:
    """Wait for a name's certificate."""
    return wait_until(lambda: certificate_of(api, name), f"{name} has a certificate", seconds=ISSUED_SECONDS)


def port(up: Up, name: str) -> int:
    """Find the forwarded port of the node that has mailboxes."""
    node = next(node for node in up.nodes if "mailbox" in node["roles"])
    return int(str(node["ports"][name]).rpartition(":")[2])


def trust(lab: Lab) -> ssl.SSLContext:
    """Trust the authority's root, and check names."""
    return ssl.create_default_context(cadata=lab.ca.root())


def fingerprint(connection: ssl.SSLSocket) -> str:
    """Name the certificate that was shown."""
    shown = connection.getpeercert(binary_form=True)
    assert shown is not None
    return hashlib.sha256(shown).hexdigest()


def served(lab: Lab, at: int, host: str) -> str:
    """Connect as a client that asks for a host; gives what it was shown, or the reason why it went away."""
    try:
        plain = socket.create_connection((LOOPBACK, at), timeout=10)
        with trust(lab).wrap_socket(plain, server_hostname=host) as connection:  # closes the other too
            return fingerprint(connection)
    except OSError as error:
        return str(error)


def is_served(lab: Lab, at: int, host: str, certificate: dict[str, Any]) -> None:
    """Wait until a host's certificate is what clients are shown."""
    wanted = certificate["fingerprint"]
    wait_until(lambda: served(lab, at, host) == wanted, f"{host} is served at {at}", seconds=SERVED_SECONDS)


def test_mail_programs_get_the_domains_own_certificate(lab: Lab, up: Up, api: httpx.Client, domain: Named) -> None:
    host = f"mail.{domain.name}"
    certificate = issued(api, host)
    for name in ("imaps", "smtps"):
        is_served(lab, port(up, name), host, certificate)
    with smtplib.SMTP(LOOPBACK, port(up, "smtp")) as client:
        client._host = host  # type: ignore[attr-defined]  # what it asks for by SNI
        client.starttls(context=trust(lab))
        assert isinstance(client.sock, ssl.SSLSocket)
        assert fingerprint(client.sock) == certificate["fingerprint"]


def test_a_renewed_certificate_is_served_and_a_session_from_before_stays_up(
    lab: Lab, up: Up, api: httpx.Client, domain: Named
) -> None:
    host = f"mail.{domain.name}"
    before = issued(api, host)
    anyone = ssl._create_unverified_context()
    session = imaplib.IMAP4_SSL(LOOPBACK, port(up, "imaps"), ssl_context=anyone)
    session.login(up.mailbox, up.mailbox_password)
    api.post(f"/v1/certificates/{before['id']}/renew").raise_for_status()

    def renewed() -> dict[str, Any] | None:
        found = certificate_of(api, host)
        return found if found and found["fingerprint"] != before["fingerprint"] else None

    after = wait_until(renewed, "the certificate is renewed", seconds=ISSUED_SECONDS)
    is_served(lab, port(up, "imaps"), host, after)
    is_served(lab, port(up, "smtps"), host, after)
    assert session.noop()[0] == "OK"
    session.logout()


@pytest.mark.parametrize("label", ["mta-sts", "autoconfig", "autodiscover"])
def test_web_names_are_served_by_the_front(lab: Lab, api: httpx.Client, domain: Named, label: str) -> None:
    host = f"{label}.{domain.name}"
    is_served(lab, lab.state.ports["https"], host, issued(api, host))


def test_a_wildcard_is_proven_by_dns(lab: Lab, api: httpx.Client, domain: Named) -> None:
    target = f"{domain.id.removeprefix('dom_')}.acme.{PLATFORM_ZONE}"
    lab.publish([Record(f"_acme-challenge.{domain.name}", "CNAME", target)])
    made = api.post("/v1/certificates", json={"names": [f"*.{domain.name}"]})
    assert made.status_code == 201, made.text
    certificate = issued(api, f"*.{domain.name}")
    is_served(lab, lab.state.ports["https"], f"anything.{domain.name}", certificate)


def test_a_revoked_key_is_replaced(lab: Lab, up: Up, api: httpx.Client, domain: Named) -> None:
    host = f"mail.{domain.name}"
    before = issued(api, host)
    revoked = api.post(f"/v1/certificates/{before['id']}/revoke", json={"reason": "key_compromise"})
    assert revoked.status_code == 200, revoked.text
    after = issued(api, host)
    assert after["fingerprint"] != before["fingerprint"]
    is_served(lab, port(up, "imaps"), host, after)


def test_while_the_authority_is_away_what_there_is_is_served_and_then_it_goes_on(
    lab: Lab, up: Up, api: httpx.Client, domain: Named
) -> None:
    host = f"autoconfig.{domain.name}"
    before = issued(api, host)
    url = f"/v1/certificates/{before['id']}"
    lab.ca.stop()
    try:
        api.post(f"{url}/renew").raise_for_status()
        wait_until(lambda: api.get(url).json()["problem"], "the problem is told", seconds=ISSUED_SECONDS)
        assert api.get(url).json()["fingerprint"] == before["fingerprint"]
    finally:
        lab.ca.start({"PEBBLE_WFE_NONCEREJECT": "30"})  # it has forgotten us, and is out of step
    api.post(f"{url}/renew").raise_for_status()

    def goes_on() -> bool:
        return bool(api.get(url).json()["fingerprint"] != before["fingerprint"])

    wait_until(goes_on, "the certificate is renewed", seconds=ISSUED_SECONDS)


@pytest.mark.usefixtures("out_of_step")
def test_orders_succeed_though_the_authority_is_out_of_step(lab: Lab, up: Up, api: httpx.Client) -> None:
    fresh = claimed(lab, up)
    by_label = {label: issued(api, f"{label}.{fresh.name}") for label in ("mail", "mta-sts", "autoconfig")}
    assert {each["problem"] for each in by_label.values()} == {None}
    is_served(lab, port(up, "imaps"), f"mail.{fresh.name}", by_label["mail"])
    is_served(lab, lab.state.ports["https"], f"mta-sts.{fresh.name}", by_label["mta-sts"])
