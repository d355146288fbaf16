"""What a node is to hold and to serve: the items of its desired state, but for those of its way of sending."""

from typing import Literal

import msgspec


class SendingIp(msgspec.Struct, frozen=True, kw_only=True):
    """An address that mail leaves from; it becomes one Postfix transport."""

    ip_id: str
    address: str
    hostname: str
    pool_id: str
    status: Literal["warming", "active", "draining", "quarantined"] = "active"
    """Mail is given to those that warm up or are active; what the others have in the queue is seen off."""
    weight: int = 1
    """Its share of the pool's mail on this node, in proportion to the others'."""


class NodeItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `node`, key `self`: what the node is. Changes of it re-render the daemons' configuration."""

    name: str
    hostname: str
    service_address: str
    roles: tuple[str, ...]
    ips: tuple[SendingIp, ...] = ()
    draining: bool = False
    """Take nothing new to send; see off what is here."""
    shared_pool_id: str | None = None
    """The pool that people send by whose domain has none of its own; empty: none here is for everybody. None, as from a
    control plane that does not say so yet: the first address's."""


class DomainItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `domain`, key its name: a proven domain. Mail for it is accepted on mx nodes."""

    name: str
    return_domain: str
    submission_pool_id: str | None = None
    """The pool that its mailboxes' owners send by; None: `NodeItem.shared_pool_id`."""


class DkimItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `dkim`, key `<domain>/<selector>`: a private key that this node signs with."""

    domain: str
    selector: str
    algorithm: Literal["rsa", "ed25519"]
    private_key: str
    """PEM (PKCS #8)."""
    active: bool
    """Sign with it; a pending or retiring key is only held ready."""


class MailboxItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `mailbox`, key its address."""

    address: str
    system_uid: int
    """Owner of the stored mail: one per tenant."""
    password_hash: str
    """argon2id in PHC form, as Dovecot's scheme ARGON2ID reads it."""
    quota_bytes: int
    node_id: str
    """Where the mail is stored."""
    enabled: bool = True
    may_send: bool = True
    """False while its domain is not proven: it keeps its mail, and none is taken from it."""


class HomeItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `home`, key as `home_key` says: stored mail that must be kept, whether or not there is such a mailbox here.

    A tenant that has lost a domain may lose its addresses to another; its mail stays until its mailboxes are deleted.
    """

    system_uid: int
    address: str


def home_key(system_uid: int, address: str) -> str:
    """Name an item of the kind `home`, as in `200001/ann@acme.test`."""
    return f"{system_uid}/{address}"


class CertificateItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `certificate`, key its first name: what is served to clients that ask for one of these names (SNI)."""

    names: tuple[str, ...]
    """Host names as A-labels, without wildcards."""
    chain: str
    """PEM: the certificate, then its issuers without the root."""
    private_key: str
    """PEM (PKCS #8)."""


class ChallengeItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `challenge`, key its token: what is answered at `/.well-known/acme-challenge/<token>` (RFC 8555 §8.3)."""

    token: str
    key_authorization: str


class IntakeItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `intake`, key its domain: all mail for it is taken, and handed up to the control plane."""

    domain: str


class InboundItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `inbound`, key its name: mail that is taken and handed up because a tenant's route wants it.

    Of a domain, it says what is taken besides the mail of single addresses, each of which has an item too. Mailboxes
    come first: an address that has one is not handed up.
    """

    name: str
    """A domain, or an address, which is taken with whatever detail after a `+`."""
    hosted: bool = True
    """There is an item `domain` of this name, so that it can have mailboxes; else it is a name below such a one."""
    everyone: bool = False
    """Take all mail to `*@domain`."""
    subdomains: bool = False
    """Take all mail to `*@*.domain`, at any depth, but for names that are domains of their own."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """Another node of the fleet, as this one may speak with it."""

    node_id: str
    name: str
    hostname: str
    service_address: str
    roles: tuple[str, ...]
    certificate: str
    """PEM, self-signed, as in its `Hello.fleet_certificate`: the only one that it is known by."""


class PeersItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `peers`, key `self`: the other nodes that mail and logins may be passed to and taken from."""

    peers: tuple[Peer, ...]


class MoveItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `move`, key the mailbox's address: its mail is on the way from one node to another.

    The source pushes to the target; the target takes it from that peer only, for this mailbox only, and while it has
    this item. Until the mailbox's own item names the target, the source stays in force.
    """

    move_id: str
    address: str
    system_uid: int
    role: Literal["source", "target"]
    """What this node is in it."""
    peer_node_id: str
    """The other one."""
    phase: Literal["copy", "final"]
    """`copy`: passes in use; `final`: the source takes no more logins and mail, and copies the rest."""
    number: int
    """Which pass is asked for, counted from 1; each is made once, and told as `Moved`."""


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that the node is to send through its own Postfix, to see whether mail leaves it."""

    number: int
    """Each is made once, and told as `Probed`."""
    recipient: str


class DaemonsItem(msgspec.Struct, frozen=True, kw_only=True):
    """Kind `daemons`, key `self`: how the daemons' configuration is made, as it is rolled out."""

    release: str
    """What was rolled out: `rol_…`, or `default`."""
    renderer: int = 0
    """The renderer's revision; an agent without it refuses the item and stays as it is.

    0: the agent's own newest. What installed packages bring is rolled out by its number.
    """
    postfix: dict[str, str] = {}
    """Parameters of `main.cf` that are set in addition, from the list in `wire.parameters`."""
    rspamd: dict[str, str] = {}
    dovecot: dict[str, str] = {}
    probe: Probe | None = None
    """Made once the rest of this item, and the shaping that came with it, is in force."""
