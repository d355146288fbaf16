"""What is said of the fingerprints of our exchanger, compared with real certificates."""

import datetime as dt
import hashlib
from collections.abc import Sequence

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from control_plane.mail_domains.checkup.chain import ServedChain
from control_plane.mail_domains.resolver import Answer
from tests.control_plane.mail_domains.checkup.world import SERVFAIL, verdict

HOST = ("_25._tcp.mx.fleetpost.test", "TLSA")


def certificate(name: str) -> x509.Certificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
    return builder.not_valid_before(start).not_valid_after(start + dt.timedelta(days=90)).sign(key, hashes.SHA256())


OWN, ISSUER = certificate("mx.fleetpost.test"), certificate("Some Authority")
WHOLE = OWN.public_bytes(Encoding.DER)
KEY = OWN.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
ISSUERS = ISSUER.public_bytes(Encoding.DER)
CHAIN = ServedChain(certificates=(WHOLE, ISSUERS))
ALONE = ServedChain(certificates=(WHOLE,))


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize(
    ("values", "chain", "status", "words"),
    [
        pytest.param([f"3 1 1 {sha256(KEY)}"], CHAIN, "ok", "vouches for", id="the key"),
        pytest.param([f"3 0 1 {sha256(WHOLE)}"], CHAIN, "ok", "vouches for", id="the certificate"),
        pytest.param([f"3 1 2 {hashlib.sha512(KEY).hexdigest()}"], CHAIN, "ok", "vouches for", id="SHA-512"),
        pytest.param([f"3 1 0 {KEY.hex()}"], CHAIN, "ok", "vouches for", id="the whole key"),
        pytest.param([f"3 1 1 {sha256(KEY)[:20]} {sha256(KEY)[20:]}"], CHAIN, "ok", "vouches for", id="in pieces"),
        pytest.param([f"2 0 1 {sha256(ISSUERS)}"], CHAIN, "ok", "vouches for", id="the issuer"),
        pytest.param([f"2 0 1 {sha256(ISSUERS)}"], ALONE, "ok", "issuer", id="the issuer, which was not shown"),
        pytest.param([f"3 1 1 {'00' * 32}", f"3 1 1 {sha256(KEY)}"], CHAIN, "ok", "vouches", id="the next and this"),
        pytest.param([f"3 1 1 {sha256(KEY)}"], None, "ok", "not looked at", id="nobody looked"),
        pytest.param([f"3 1 1 {sha256(ISSUERS)}"], CHAIN, "wrong", "another certificate", id="of another"),
        pytest.param([f"3 0 1 {sha256(ISSUERS)}"], CHAIN, "wrong", "another", id="the issuer as if it were ours"),
        pytest.param([f"3 1 9 {sha256(KEY)}"], CHAIN, "wrong", "another", id="an unknown comparison"),
        pytest.param([f"1 1 1 {sha256(KEY)}"], CHAIN, "warning", "of a kind", id="a kind for the web"),
        pytest.param(["nonsense"], CHAIN, "warning", "of a kind", id="nonsense"),
        pytest.param(["3 1 1 zz"], CHAIN, "warning", "of a kind", id="no digits"),
        pytest.param([], CHAIN, "missing", "nothing need be done", id="none"),
        pytest.param([f"3 1 1 {sha256(KEY)}"], ServedChain(problem="away"), "unknown", "again", id="no answer"),
    ],
)
async def test_fingerprints_are_compared_with_what_is_shown(
    values: Sequence[str], chain: ServedChain | None, status: str, words: str
) -> None:
    judged = await verdict("tlsa", {HOST: Answer(tuple(values), authenticated=True)}, chain=chain)
    assert (judged.status, words in judged.explanation) == (status, True), judged.explanation


async def test_unsigned_fingerprints_count_for_nothing() -> None:
    assert (await verdict("tlsa", {HOST: [f"3 1 1 {sha256(KEY)}"]}, chain=CHAIN)).status == "warning"


async def test_what_dns_does_not_say_is_not_known() -> None:
    assert (await verdict("tlsa", {HOST: SERVFAIL}, chain=CHAIN)).status == "unknown"
