"""The contract between control plane and node: what crosses the link, and nothing else.

The agent opens one WebSocket to `LINK_PATH` with `Authorization: Bearer fpn_…` and speaks msgpack frames, one struct
per frame. Fields may be added with a default; nothing is renamed or re-used. Unknown fields are ignored by both sides.

History
- 1 (2026-11-21): first version. 2026-11-22: items of the kinds `certificate`, `challenge` and `intake`, which agents
  without them keep and pass over; mail is handed up at `INBOUND_PATH`; mailboxes that may not send; items `home`.
- 2 (2026-11-22): versions may differ, and frames of unknown kinds are passed over; signed changes (`Bundle`); mail
  given back (`Return`); digests per tenant, what was repaired (`Drifted`) and configured (`Configured`, `Probed`), how
  moves go on (`Moved`); items `shaping`, `warmup`, `relay`, `quota`, `daemons`, `peers` and `move`; a node that drains,
  addresses with a weight and a status; signed return paths (`OfferedDelivery.return_token`), and bounces that come back
  to them are handed up like the mail of intakes; items `inbound`; API keys that mail may be submitted with (items
  `smtp_key`), and such mail handed up at `SUBMISSIONS_PATH`; messages that came whole (`Content.raw`, which agents
  without it would send empty: they are updated first), and with a date of their own (`Envelope.date_ms`); large
  files, which agents that say so fetch (`Hello.fetches_files`, `FileRef`, `FILES_PATH`), and others are sent
  inline; mail that is passed on (`X-Fleetpost-Passed-On` in `Content.raw`; agents that cannot seal are updated first).
  2026-11-23: credit for transactional streams alone (`Credit.transactional`, `Offer.transactional`).

A session, agent on the left:
    Hello            →            generation that the agent has, what it can hold
                     ← Welcome
                     ← Changes …  snapshot (if `Hello.generation` is 0) or deltas; then one per change, for ever
    Applied          →            after the change is projected and verified, with what was quarantined
    Credit           →            how many more deliveries the agent can hold
                     ← Offer      a leased batch; the agent writes it into its ledger …
    Take             →            … and asks whether it is still its own
                     ← Taken      yes: only now may it be injected; no (it expired): forget it
    Return           →            what was taken and cannot leave from here
                     ← Accepted   it is in other hands: forget it
    Report           →            events, from the spool on disk, oldest first
                     ← Received   they are stored: drop them from the spool
    Heartbeat        →            every few seconds
"""

from tenant_agent.wire.codec import (
    Unreadable,
    decode_as,
    decode_from_agent,
    decode_from_control,
    encode,
)
from tenant_agent.wire.enrolment import (
    CREDENTIAL_PATH,
    ENROL_PATH,
    INBOUND_PATH,
    EnrolReply,
    EnrolRequest,
    InboundHeaders,
    inbound_header,
    signed_part,
)
from tenant_agent.wire.events import (
    Delays,
    Event,
    Route,
)
from tenant_agent.wire.fleet_certificates import (
    UnfitCertificate,
    der_of,
    fingerprint_of,
    fit_certificate,
    fleet_name,
)
from tenant_agent.wire.frames import (
    MAX_FRAME_BYTES,
    Accepted,
    Applied,
    AskDigests,
    Bundle,
    Changes,
    Configured,
    Credit,
    Digests,
    Drift,
    Drifted,
    FromAgent,
    FromControl,
    Heartbeat,
    Hello,
    Moved,
    Offer,
    Probed,
    QueueGroup,
    Reaction,
    Received,
    Report,
    Return,
    Returned,
    SignedChanges,
    Take,
    Taken,
    Welcome,
)
from tenant_agent.wire.items import (
    CertificateItem,
    ChallengeItem,
    DaemonsItem,
    DkimItem,
    DomainItem,
    HomeItem,
    InboundItem,
    IntakeItem,
    MailboxItem,
    MoveItem,
    NodeItem,
    Peer,
    PeersItem,
    Probe,
    SendingIp,
    home_key,
)
from tenant_agent.wire.mail import (
    FILES_PATH,
    Address,
    Attachment,
    Content,
    Envelope,
    FileRef,
    LongRaw,
    OfferedDelivery,
    OfferedMessage,
    files_of,
)
from tenant_agent.wire.matching import (
    MOST_REPLY_CHARACTERS,
    Classes,
    Limits,
    Reactions,
    ReplyRules,
    said_by,
)
from tenant_agent.wire.parameters import DAEMONS, PARAMETERS, Choice, Daemon, Values, unfit
from tenant_agent.wire.returns import (
    MAC_CHARACTERS,
    RETURN_LABEL,
    ReturnPath,
    read_return_path,
)
from tenant_agent.wire.sending import (
    GENERIC,
    UNLIMITED,
    Cap,
    ProviderClass,
    QuotaItem,
    RelayItem,
    ReplyRule,
    ShapingItem,
    WarmupItem,
)
from tenant_agent.wire.since import is_known_to
from tenant_agent.wire.state import (
    ITEM_TYPES,
    Change,
    Item,
    Quarantined,
)
from tenant_agent.wire.submissions import (
    MOST_HEADER_BYTES,
    MOST_HEADER_FIELDS,
    STREAMS,
    SUBMISSIONS_PATH,
    SmtpKeyItem,
    SubmittedMail,
)

WIRE_VERSION = 2
OLDEST_WIRE_VERSION = 1
"""What the other side must at least speak."""
LINK_PATH = "/agent/v1/link"

__all__ = [
    "CREDENTIAL_PATH",
    "DAEMONS",
    "ENROL_PATH",
    "FILES_PATH",
    "GENERIC",
    "INBOUND_PATH",
    "ITEM_TYPES",
    "LINK_PATH",
    "MAC_CHARACTERS",
    "MAX_FRAME_BYTES",
    "MOST_HEADER_BYTES",
    "MOST_HEADER_FIELDS",
    "MOST_REPLY_CHARACTERS",
    "OLDEST_WIRE_VERSION",
    "PARAMETERS",
    "RETURN_LABEL",
    "STREAMS",
    "SUBMISSIONS_PATH",
    "UNLIMITED",
    "WIRE_VERSION",
    "Accepted",
    "Address",
    "Applied",
    "AskDigests",
    "Attachment",
    "Bundle",
    "Cap",
    "CertificateItem",
    "ChallengeItem",
    "Change",
    "Changes",
    "Choice",
    "Classes",
    "Configured",
    "Content",
    "Credit",
    "Daemon",
    "DaemonsItem",
    "Delays",
    "Digests",
    "DkimItem",
    "DomainItem",
    "Drift",
    "Drifted",
    "EnrolReply",
    "EnrolRequest",
    "Envelope",
    "Event",
    "FileRef",
    "FromAgent",
    "FromControl",
    "Heartbeat",
    "Hello",
    "HomeItem",
    "InboundHeaders",
    "InboundItem",
    "IntakeItem",
    "Item",
    "Limits",
    "LongRaw",
    "MailboxItem",
    "MoveItem",
    "Moved",
    "NodeItem",
    "Offer",
    "OfferedDelivery",
    "OfferedMessage",
    "Peer",
    "PeersItem",
    "Probe",
    "Probed",
    "ProviderClass",
    "Quarantined",
    "QueueGroup",
    "QuotaItem",
    "Reaction",
    "Reactions",
    "Received",
    "RelayItem",
    "ReplyRule",
    "ReplyRules",
    "Report",
    "Return",
    "ReturnPath",
    "Returned",
    "Route",
    "SendingIp",
    "ShapingItem",
    "SignedChanges",
    "SmtpKeyItem",
    "SubmittedMail",
    "Take",
    "Taken",
    "UnfitCertificate",
    "Unreadable",
    "Values",
    "WarmupItem",
    "Welcome",
    "decode_as",
    "decode_from_agent",
    "decode_from_control",
    "der_of",
    "encode",
    "files_of",
    "fingerprint_of",
    "fit_certificate",
    "fleet_name",
    "home_key",
    "inbound_header",
    "is_known_to",
    "read_return_path",
    "said_by",
    "signed_part",
    "unfit",
]
