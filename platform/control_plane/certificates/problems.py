"""What a problem means: whose turn it is, in one sentence, and what kind of pause it asks for."""

from typing import Literal, TypeAlias

import msgspec

from control_plane.certificates import ca

Kind: TypeAlias = Literal["name", "authority", "proof", "limit", "forgotten", "operator"]
"""The name does not lead to us yet, so nobody was asked; the authority has trouble; it looked and found no proof; too
many orders; it has forgotten our account or the order; the operator's settings are lacking."""


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why there is no certificate yet."""

    kind: Kind
    sentence: str
    retry_after_seconds: int | None = None


_SENTENCES: dict[str, tuple[Kind, str]] = {
    ca.UNREACHABLE: (
        "authority",
        "{authority} cannot be reached just now. You need do nothing: it is tried again by itself.",
    ),
    "serverInternal": (
        "authority",
        "{authority} has trouble just now. You need do nothing: it is tried again by itself.",
    ),
    "badNonce": ("authority", "{authority} was out of step with us. You need do nothing: it is tried again by itself."),
    "rateLimited": (
        "limit",
        (
            "{authority} issues no more certificates for this domain just now. You need do nothing: it is tried again "
            "when it does."
        ),
    ),
    "accountDoesNotExist": (
        "forgotten",
        "{authority} has forgotten our account. You need do nothing: we make a new one.",
    ),
    ca.ORDER_GONE: ("forgotten", "{authority} has forgotten the order. You need do nothing: we make a new one."),
    "orderNotReady": ("forgotten", "{authority} was not ready for the order. You need do nothing: we make a new one."),
    "caa": (
        "proof",
        (
            "The domain's CAA records do not allow {authority} to issue certificates. Add a CAA record that does, or "
            "remove them."
        ),
    ),
    "connection": (
        "proof",
        (
            "{authority} could not connect to {names} on port 80. See that the name points to us and that nothing "
            "stands in between."
        ),
    ),
    "dns": (
        "proof",
        "{authority} could not look up {names} in DNS. See that its name servers answer, all of them and for AAAA too.",
    ),
    "dnssec": ("proof", "The DNSSEC signatures of {names} are not valid. Have its DNS provider sign the zone anew."),
    "unknownHost": ("proof", "{names} does not exist in DNS as {authority} sees it. Publish its records."),
    "incorrectResponse": (
        "proof",
        "{authority} found another answer than ours at {names}. See that the name points to us and to nobody else.",
    ),
    "unauthorized": (
        "proof",
        "{authority} found another answer than ours at {names}. See that the name points to us and to nobody else.",
    ),
    "tls": ("proof", "{authority} was sent on to a TLS error at {names}. See that the name points to us."),
    "rejectedIdentifier": (
        "proof",
        "{authority} issues no certificates for {names}. Use another name, or upload a certificate of your own.",
    ),
    "unsupportedIdentifier": (
        "proof",
        "{authority} issues no certificates for {names}. Use another name, or upload a certificate of your own.",
    ),
    "externalAccountRequired": (
        "operator",
        "{authority} wants an external account. Your provider has to enter its key (FLEETPOST_ACME_EAB).",
    ),
    ca.EXTERNAL_ACCOUNT_REFUSED: (
        "operator",
        "{authority} does not accept the external account. Your provider has to correct its key (FLEETPOST_ACME_EAB).",
    ),
    "userActionRequired": (
        "operator",
        "{authority} has new terms of service. Your provider has to agree to them.",
    ),
    "invalidContact": (
        "operator",
        (
            "{authority} does not accept the account's mail address. Your provider has to change it "
            "(FLEETPOST_ACME_CONTACT)."
        ),
    ),
}
_SENTENCES["unsupportedContact"] = _SENTENCES["invalidEmail"] = _SENTENCES["invalidContact"]
_OTHER: tuple[Kind, str] = ("authority", "{authority} refused the order ({code}). It is tried again by itself.")
_LONGEST_LIST = 3


def judge(problem: ca.CaProblem, authority: str, names: tuple[str, ...]) -> Problem:
    """Say what an authority's problem means; what it said itself comes last, where it says more."""
    kind, sentence = _SENTENCES.get(problem.code, _OTHER)
    said = sentence.format(authority=authority, names=listed(names), code=problem.code)
    if kind in ("proof", "operator") or problem.code not in _SENTENCES:
        said = f"{said} It said: {problem.detail}" if problem.detail else said
    return Problem(kind=kind, sentence=said, retry_after_seconds=problem.retry_after_seconds)


def listed(names: tuple[str, ...]) -> str:
    """Write names in a row, the first few of them."""
    shown = ", ".join(names[:_LONGEST_LIST])
    return f"{shown}, …" if len(names) > _LONGEST_LIST else shown
