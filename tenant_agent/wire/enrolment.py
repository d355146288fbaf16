"""How a machine becomes a node, and keeps proving that it is one: HTTP, JSON."""

import msgspec

ENROL_PATH = "/agent/v1/enrol"
CREDENTIAL_PATH = "/agent/v1/credential"
"""POST without a body, under the credential that is to be replaced; answers an `EnrolReply`.

The former credential works until the new one is used for the first time, so that an answer may be lost.
"""
INBOUND_PATH = "/agent/v1/inbound"
"""POST of one mail as it was received (message/rfc822), described by the `InboundHeaders`; 204 once it is stored.

A mail that was stored before is taken again without harm: its id is its identity. 4xx: it will never be taken.
"""


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True):
    """Trade a one-time token for the node's own credential."""

    token: str
    agent_version: str


class EnrolReply(msgspec.Struct, frozen=True, kw_only=True):
    """The credential `fpn_…` is given once and stored by the agent, readable by root only."""

    node_id: str
    credential: str
    bundle_keys: tuple[str, ...] = ()
    """What desired state is signed with: Ed25519 public keys in base64. With any, the node takes nothing unsigned."""
    signatures: dict[str, str] = {}
    """Of a renewed credential: by public key, the signature of `signed_part` in base64. A node that has keys takes the
    reply only if one of them has signed it."""


def signed_part(reply: EnrolReply) -> bytes:
    """Give what is signed of a reply: its other fields."""
    return "\n".join([reply.node_id, reply.credential, *reply.bundle_keys]).encode()


class InboundHeaders(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of a request to `INBOUND_PATH`, each named `Fleetpost-…` with the attribute's name in it."""

    id: str
    """26 characters, shaped like a UUIDv7, made of the queue id and the recipient: the same at every try."""
    recipient: str
    """One; a mail for several is handed up for each."""
    sender: str
    """The return path; empty for the null sender."""
    received_at_ms: str
    client: str
    """The IP address that it came from; empty if it is not known."""


def inbound_header(attribute: str) -> str:
    """Name the header of an attribute of `InboundHeaders`, as in `Fleetpost-Received-At-Ms`."""
    return "Fleetpost-" + attribute.replace("_", "-").title()
