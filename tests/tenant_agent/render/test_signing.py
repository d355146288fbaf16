"""What leaves a node is signed with every active key of its author's domain, or waits."""

import base64
from collections.abc import Iterator
from pathlib import Path

import dkim as dkimpy
import pytest
import redis
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from tenant_agent import wire
from tenant_agent.project import Table, chosen
from tenant_agent.projections.signing_keys import SigningKeys
from tests.tenant_agent.daemons.redis import PASSWORD, running_redis
from tests.tenant_agent.daemons.signer import HOSTNAME, RunningSigner, running_signer
from tests.tenant_agent.samples import dkim
from tests.tenant_agent.test_project import projected

pytestmark = pytest.mark.node

KEYS = (dkim(selector="r1", algorithm="rsa"), dkim(selector="e1", algorithm="ed25519"))
FIRST_OCTETS = (0x00, 0xFB, 0xFC, 0xFF)


def beginning_with(octet: int) -> wire.DkimItem:
    """An Ed25519 key whose first octet is this one."""
    key = Ed25519PrivateKey.from_private_bytes(bytes([octet, *range(31)]))
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return dkim(f"key-{octet}.test", private_key=private)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSigner]:
    root = tmp_path_factory.mktemp("signer")
    with running_redis(root) as socket, running_signer(root) as running:
        client = redis.Redis(unix_socket_path=str(socket), password=PASSWORD, decode_responses=True)
        keys = SigningKeys(client)
        odd = map(beginning_with, FIRST_OCTETS)
        keys.write(chosen(projected(*KEYS, *odd).rows, Table.SIGNING_KEYS), [])
        yield running
        keys.close()


def message(author: str = "Ann <ann@acme.test>") -> bytes:
    lines = (
        f"From: {author}",
        "To: bob@else.test",
        "Subject: Hello",
        "Date: Sat, 21 Nov 2026 12:00:00 +0000",
        "Message-ID: <msg_1@acme.test>",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "",
        "Grüße",
        "",
    )
    return "\r\n".join(lines).encode()


def key_record(item: wire.DkimItem) -> bytes:
    """The DNS record of a key, as dkimpy asks for it."""
    public = load_pem_private_key(item.private_key.encode(), None).public_key()
    if item.algorithm == "ed25519":
        raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    else:
        raw = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b"v=DKIM1; k=" + item.algorithm.encode() + b"; p=" + base64.b64encode(raw)


def test_every_active_key_makes_a_signature_that_others_can_verify(signer: RunningSigner) -> None:
    verdict = signer.look_at(message())
    records = {f"{key.selector}._domainkey.acme.test.".encode(): key_record(key) for key in KEYS}
    signed = b"".join(b"DKIM-Signature: " + text.encode() + b"\r\n" for text in verdict.signatures) + message()
    verifier = dkimpy.DKIM(signed)
    results = [verifier.verify(idx=i, dnsfunc=lambda name, timeout=5: records.get(name)) for i in range(len(KEYS))]
    assert (verdict.action, results) == ("no action", [True, True])


@pytest.mark.parametrize("octet", FIRST_OCTETS)
def test_an_ed25519_key_signs_whatever_it_begins_with(signer: RunningSigner, octet: int) -> None:
    """In base64 one key of 64 begins with a slash, as the path of a file does."""
    assert len(signer.look_at(message(f"ann@key-{octet}.test")).signatures) == 1


def test_a_message_whose_domain_has_no_key_waits(signer: RunningSigner) -> None:
    assert signer.look_at(message("x@keyless.test")).action == "soft reject"


def test_what_the_agent_writes_in_the_nodes_own_name_need_not_be_signed(signer: RunningSigner) -> None:
    verdict = signer.look_at(message(f"postmaster@{HOSTNAME}"))
    assert (verdict.action, verdict.signatures) == ("no action", [])


@pytest.mark.parametrize("author", [f"x@sub.{HOSTNAME}", "x@fleetpost.test", f"postmaster@{HOSTNAME}, ann@acme.test"])
def test_only_that_very_name_is_the_nodes_own(signer: RunningSigner, author: str) -> None:
    assert signer.look_at(message(author)).action == "soft reject"


def test_nobody_else_writes_in_the_nodes_own_name(signer: RunningSigner) -> None:
    own = message(f"postmaster@{HOSTNAME}")
    assert signer.look_at(own, user="ann@acme.test").action == "reject"
    assert signer.look_at(own, daemon=HOSTNAME).action == "reject"


def test_a_message_without_one_author_waits(signer: RunningSigner) -> None:
    assert signer.look_at(message("ann@acme.test, x@other.test")).action == "soft reject"


def test_a_login_writes_in_its_own_domain(signer: RunningSigner) -> None:
    assert signer.look_at(message(), user="ann@acme.test").action == "no action"


def test_a_login_cannot_write_in_another_domain_that_we_could_sign_for(signer: RunningSigner) -> None:
    verdict = signer.look_at(message(), user="eve@evil.test")
    assert (verdict.action, verdict.signatures) == ("reject", [])


@pytest.mark.parametrize("header", [b"From:", b"FROM :", b"from\t:"])
@pytest.mark.parametrize("user", ["eve@evil.test", "ann@acme.test"])
def test_a_message_with_two_authors_in_two_headers_is_of_no_login(
    signer: RunningSigner, header: bytes, user: str
) -> None:
    assert signer.look_at(header + b" eve@evil.test\r\n" + message(), user=user).action == "reject"


def test_what_sendmail_hands_in_on_the_node_is_signed_for_nobody(signer: RunningSigner) -> None:
    verdict = signer.look_at(message(), daemon="n1.fleetpost.test")
    assert (verdict.action, verdict.signatures) == ("reject", [])


def test_everything_waits_while_redis_is_away(tmp_path: Path) -> None:
    with running_signer(tmp_path) as signer:
        assert signer.look_at(message()).action == "soft reject"
