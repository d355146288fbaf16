"""Say whether the fingerprints in DNS are those of the certificate that our exchanger shows (RFC 6698, RFC 7672)."""

import hashlib

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from control_plane.mail_domains.checkup.observations import Observations
from control_plane.mail_domains.checkup.verdict import OURS, Verdict, missing, ok, warning, without_answer, wrong
from control_plane.mail_domains.schemas import DnsRecord

_DANE_TA, _DANE_EE = 2, 3
_WHOLE, _KEY = 0, 1


class Fingerprint(msgspec.Struct, frozen=True):
    """One TLSA record."""

    usage: int
    selector: int
    matching: int
    data: bytes


def parse_fingerprint(text: str) -> Fingerprint | None:
    """Read a TLSA record; None if it is none."""
    parts = text.split()
    try:
        usage, selector, matching = (int(part) for part in parts[:3])
        return Fingerprint(usage, selector, matching, bytes.fromhex("".join(parts[3:])))
    except ValueError:
        return None


def matches(fingerprint: Fingerprint, certificate: bytes) -> bool:
    """Compare a fingerprint with a certificate (DER)."""
    covered = _covered(fingerprint.selector, certificate)
    if covered is None:
        return False
    digests = {0: lambda: covered, 1: hashlib.sha256(covered).digest, 2: hashlib.sha512(covered).digest}
    digest = digests.get(fingerprint.matching)
    return digest is not None and digest() == fingerprint.data


def _covered(selector: int, certificate: bytes) -> bytes | None:
    if selector == _WHOLE:
        return certificate
    if selector != _KEY:
        return None
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except ValueError:
        return None
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def judge_tlsa(record: DnsRecord, seen: Observations) -> Verdict:
    """Judge the fingerprints of our exchanger."""
    answer = seen.of(record.host, "TLSA")
    if (none := without_answer(answer)) is not None:
        return none
    if not answer.values:
        return missing(record, "Our mail exchanger has no fingerprints in DNS: nothing need be done.")
    if not answer.authenticated:
        return warning(f"Senders ignore the fingerprints, because DNS does not vouch for them: {OURS}.", answer.values)
    prints = [each for each in map(parse_fingerprint, answer.values) if each is not None]
    usable = [each for each in prints if each.usage in (_DANE_TA, _DANE_EE)]
    if not usable:
        return warning(f"None of the fingerprints is of a kind that senders of mail use: {OURS}.", answer.values)
    return _compared(usable, seen, answer.values)


def _compared(usable: list[Fingerprint], seen: Observations, found: tuple[str, ...]) -> Verdict:
    chain = seen.chain
    if chain is None:
        return ok("Published; the certificate itself was not looked at.", found)
    if not chain.certificates:
        return Verdict("unknown", "Our exchanger showed no certificate just now: it is checked again.", found)
    own, whole = chain.certificates[:1], chain.certificates
    if any(matches(each, der) for each in usable for der in (own if each.usage == _DANE_EE else whole)):
        return ok("The certificate of our mail exchanger is the one that DNS vouches for.", found)
    if any(each.usage == _DANE_TA for each in usable) and len(whole) == 1:
        return ok("Published; it vouches for the issuer of our certificate.", found)
    return wrong(f"Our mail exchanger shows another certificate than DNS vouches for: {OURS}.", found)
