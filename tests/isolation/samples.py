"""What the generator cannot read from the document: a body that is accepted, and how each thing in an address is made.

A new operation with a body needs a line in `BODIES`; a new `{parameter}` one in `THINGS`.
"""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import msgspec

from control_plane.core import ids
from control_plane.core.database import Database
from tests.isolation import fleet, measured, received, reported, sendings
from tests.isolation.operations import Kind
from tests.isolation.places import Place, join, some_node
from tests.own_authority import OwnAuthority

Body: TypeAlias = dict[str, object]


class Thing(msgspec.Struct, frozen=True):
    """How a thing that stands in an address is made."""

    made_by: str | None
    """The operation whose answer has its id …"""
    prefix: str
    field: str = "id"
    """… in this field."""
    known: Callable[[Place], str] | None = None
    """What its id is, for what a place can have only one of."""
    appear: Callable[[Database, Place], Awaitable[str]] | None = None
    """How it comes into being, for what no operation makes."""
    owner: Kind = "client"
    """Whose it is, for what no operation makes."""


def _mail(place: Place) -> Body:
    return {
        "from": {"email": f"ann@{place.domain}"},
        "to": [{"email": "bob@else.test"}],
        "subject": "Hello",
        "text": "Good morning!",
    }


def _unique(label: str) -> str:
    return f"{label}-{secrets.token_hex(6)}"


def _some_address() -> str:
    return f"10.{secrets.randbelow(256)}.{secrets.randbelow(256)}.{secrets.randbelow(256)}"


def own_certificate(domain: str) -> Body:
    """Make a certificate for a name of its own below a domain."""
    return dict(OwnAuthority().body(f"{_unique('c')}.{domain}"))


BODIES: dict[str, Callable[[Place], Body]] = {
    "sendMessage": _mail,
    "sendBatch": lambda place: {"messages": [_mail(place)]},
    "rescheduleMessage": lambda _: {"send_at": None},
    "resendMessage": lambda _: {},
    "cancelMessages": lambda _: {"filter": {}},
    "releaseMessages": lambda _: {"filter": {}},
    "createAppeal": lambda _: {"cause": "An old list was imported.", "changed": "The list is deleted."},
    "answerAppeal": lambda _: {"accept": False, "answer": "Say where the list is from."},
    "setMeasure": lambda _: {"stream": "broadcast", "step": "warned", "reason": "A test"},
    "exemptTenant": lambda _: {"until": "2026-01-01T00:00:00Z", "reason": "A test"},
    "setContentRetention": lambda _: {"content_days": 30},
    "addDomain": lambda _: {"name": f"{_unique('d')}.test"},
    "changeDkimKeys": lambda _: {"rotate_days": 90},
    "rotateDkimKeys": lambda _: {},
    "changeMtaSts": lambda _: {"mode": "enforce"},
    "createSharedLink": lambda _: {},
    "createDnsProvider": lambda _: {"kind": "cloudflare", "name": "Main", "credentials": {"auth_token": "x" * 40}},
    "changeDnsProvider": lambda _: {"name": _unique("dns")},
    "createPublication": lambda _: {"connection_id": ids.encode("dns", ids.new_uuid())},
    "applyPublication": lambda _: {},
    "createCertificate": lambda place: own_certificate(place.domain),
    "replaceCertificate": lambda place: own_certificate(place.domain),
    "revokeCertificate": lambda _: {"reason": "key_compromise"},
    "createMailbox": lambda place: {"address": f"{_unique('m')}@{place.domain}", "password": "correct horse battery"},
    "changeMailbox": lambda _: {"name": "Ann"},
    "createInboundRoute": lambda place: {
        "name": "Answers",
        "match": {"type": "address", "address": f"{_unique('r')}@{place.domain}"},
        "action": {"type": "hold"},
    },
    "changeInboundRoute": lambda _: {"name": "Replies"},
    "explainInboundRoute": lambda place: {"recipient": f"bob@{place.domain}"},
    "releaseInboundMessage": lambda _: {"webhook_id": ids.encode("whk", ids.new_uuid())},
    "createTemplate": lambda _: {"name": _unique("template"), "html": "<p>Hello {{ name }}</p>"},
    "changeTemplate": lambda _: {"subject": "Hello"},
    "previewTemplate": lambda _: {},
    "previewUnsavedTemplate": lambda _: {"text": "Hello {{ name }}"},
    "publishTemplate": lambda _: {"version": 1},
    "restoreTemplate": lambda _: {"version": 1},
    "cloneTemplate": lambda _: {},
    "testSendTemplate": lambda place: {"from": {"email": f"ann@{place.domain}"}, "to": [f"ann@{place.domain}"]},
    "createWebhook": lambda _: {"url": "http://127.0.0.1:1/"},
    "changeWebhook": lambda _: {"description": "Orders"},
    "sendWebhookTest": lambda _: {},
    "replayWebhook": lambda _: {"since": (datetime.now(UTC) - timedelta(hours=1)).isoformat()},
    "createSuppression": lambda _: {"email": f"{_unique('bob')}@else.test"},
    "reactivateSuppression": lambda _: {"reason": "Their mailbox is back"},
    "deleteSuppressions": lambda _: {"emails": ["bob@else.test"], "reason": "A wrong list"},
    "changeShapingRules": lambda _: {"changes": {"without_rules": ["any-put-off"]}, "reason": "It is wrong here"},
    "tryShapingRules": lambda _: {"changes": {}},
    "startRollout": lambda _: {"kind": "daemons", "daemons": {"postfix": {"max_idle": "90s"}}},
    "changeWarmup": lambda _: {"preset": "even"},
    "stepWarmupBack": lambda _: {},
    "createRelay": lambda place: {
        "name": "Other way",
        "kind": "sendgrid",
        "password": "SG.x",
        "scope": {"domains": [place.domain]},
    },
    "changeRelay": lambda _: {"weight": 3},
    "switchDomainRelay": lambda _: {"relay_id": None},
    "createNode": lambda _: msgspec.to_builtins(some_node()),
    "createEnrolmentToken": lambda _: {},
    "createMoves": lambda place: {"domain": place.domain},
    "createIpPool": lambda _: {"name": _unique("pool"), "stream": "transactional"},
    "changeIpPool": lambda _: {"name": _unique("pool")},
    "createIp": lambda _: {"address": _some_address(), "hostname": f"{_unique('out')}.fleetpost.test"},
    "changeIp": lambda _: {"weight": 2},
    **dict.fromkeys(
        ("finishIpWarmUp", "drainIp", "resumeIp", "quarantineIp", "warmUpIpAgain"), lambda _: {"reason": "A test."}
    ),
    "askIpDelisting": lambda _: {"blocklist": "spamhaus-zen"},
    "releaseIp": lambda _: {},
    "changeIpCoolDown": lambda _: {"until": "2030-01-01T00:00:00Z", "reason": "A test."},
    "changeNode": lambda _: {"region": "east"},
    "retireNode": lambda _: {},
    "giveUpNode": lambda _: {"confirm": "n1"},
    "createClient": lambda _: {"name": _unique("client")},
    "changeClient": lambda _: {"name": _unique("client")},
    "moveClient": lambda place: {"parent_id": place.public_id},
    "suspendClient": lambda _: {"reason": "Unpaid invoices"},
    "createApiKey": lambda _: {"name": "shop", "scopes": ["messages:read"], "requests_per_minute": 1000},
    "changeApiKey": lambda _: {"name": "till"},
    "rotateApiKey": lambda _: {"overlap_seconds": 60},
    "createPlan": lambda _: {"name": _unique("plan")},
    "changePlan": lambda _: {"name": _unique("plan")},
    "createInvitation": lambda _: {"email": f"{_unique('bob')}@else.test", "role": "support"},
    "changeMember": lambda _: {"role": "billing"},
    "changeBrand": lambda _: {"name": "Otter Post", "host": f"{_unique('mail')}.test"},
    "createAccessGrant": lambda place: {"tenant_id": place.root_id, "role": "support"},
    "changeAccessGrant": lambda _: {"role": "billing"},
}
"""By operation id."""

THINGS = {
    "message_id": Thing("sendMessage", "msg"),
    "act_id": Thing("cancelMessages", "act"),
    "tenant_id": Thing(None, "ten", appear=measured.tenant, owner="operator"),
    "appeal_id": Thing(None, "apl", appear=measured.appeal, owner="operator"),
    "domain_id": Thing("addDomain", "dom"),
    "connection_id": Thing("createDnsProvider", "dns"),
    "publication_id": Thing("createPublication", "pub"),
    "link_id": Thing("createSharedLink", "lnk"),
    "certificate_id": Thing("createCertificate", "crt"),
    "dmarc_report_id": Thing(None, "dmr", appear=reported.dmarc_report),
    "tls_report_id": Thing(None, "tlr", appear=reported.tls),
    "mailbox_id": Thing("createMailbox", "mbx"),
    "route_id": Thing("createInboundRoute", "rte"),
    "inbound_message_id": Thing(None, "inb", appear=received.held),
    "number": Thing(None, "", appear=received.first_attachment, known=lambda _: "0"),
    "template_id": Thing("createTemplate", "tpl"),
    "webhook_id": Thing("createWebhook", "whk"),
    "sending_id": Thing(None, "whd", appear=sendings.sending),
    "suppression_id": Thing("createSuppression", "sup"),
    "import_id": Thing("importSuppressions", "imp"),
    "node_id": Thing("createNode", "nod"),
    "relay_id": Thing("createRelay", "rly"),
    "warmup_id": Thing(None, "ip", appear=fleet.warmup, owner="operator"),
    "rollout_id": Thing(None, "rol", appear=fleet.rollout, owner="operator"),
    "version_id": Thing(None, "shp", appear=fleet.shaping_version, owner="operator"),
    "move_id": Thing(None, "mov", appear=fleet.move, owner="operator"),
    "batch_id": Thing(None, "mvb", appear=fleet.move_batch, owner="operator"),
    "pool_id": Thing("createIpPool", "pool"),
    "ip_id": Thing("createIp", "ip"),
    "key_id": Thing("createApiKey", "key"),
    "client_id": Thing("createClient", "ten"),
    "plan_id": Thing("createPlan", "pln"),
    "invitation_id": Thing("createInvitation", "inv"),
    "member_id": Thing(None, "usr", appear=join),
    "provider_id": Thing("createAccessGrant", "ten", field="tenant_id", known=lambda place: place.root_id),
}
"""By the name of the parameter."""

REFERENCES = {
    "connection_id": "connection_id",
    "domain_id": "domain_id",
    "layout_id": "template_id",
    "node_id": "node_id",
    "parent_id": "client_id",
    "plan_id": "plan_id",
    "pool_id": "pool_id",
    "relay_id": "relay_id",
    "tenant_id": "client_id",
    "webhook_id": "webhook_id",
}
"""Fields of bodies that name a thing, by what they name."""
NO_REFERENCES = frozenset({"content_id"})
"""Fields that only look like it."""

BEFORE = {
    "restoreSuppression": "reactivateSuppression",
    "reopenClient": "closeClient",
    "resumeRollout": "pauseRollout",
    "getBrand": "changeBrand",
    "checkBrandHost": "changeBrand",
}
"""What must have been done to a thing before."""

NEEDED_REFERENCES = {
    "createPublication": ("connection_id",),
    "createEnrolmentToken": ("node_id",),
    "createIp": ("node_id", "pool_id"),
    "switchDomainRelay": ("relay_id",),
    "releaseInboundMessage": ("webhook_id",),
}
"""References without which a body is not accepted."""

TOO_SOON = frozenset(
    {
        "applyPublication",
        "askForwardTarget",
        "askIpDelisting",
        "changeIpCoolDown",
        "createAppeal",
        "createMoves",
        "releaseMessage",
        "rescheduleMessage",
        "retryMove",
        "drainIp",
        "drainNode",
        "undrainNode",
        "giveUpNode",
        "finishIpWarmUp",
        "quarantineIp",
        "resumeIp",
        "warmUpIpAgain",
        "rollBackPublication",
        "renewCertificate",
        "revokeCertificate",
        "resendInvitation",
        "rotateDkimKeys",
        "startRollout",
    }
)
"""Operations that are refused so shortly after what they are about was made."""

OFFERED = frozenset({"listPlans", "getPlan"})
"""Operations that show what those below are offered."""
