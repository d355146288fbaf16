"""The first tenant's own doings, all through the public API: a domain with its DNS, a mailbox, a webhook, a mail."""

import smtplib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import httpx
import msgspec

from e2e.lab.commands import wait_until
from e2e.lab.failures import LabError
from e2e.lab.lab import Lab
from e2e.lab.passages import LOOPBACK
from e2e.lab.plan import OUTSIDE_HOOKS, OUTSIDE_MAILBOX, OUTSIDE_MX, TENANT_DOMAIN, TENANT_MAILBOX
from e2e.lab.zone import Record

Item = TypeVar("Item")

WEBHOOK_URL = f"https://{OUTSIDE_HOOKS}/hook"
_VERIFY_SECONDS = 30.0
_NODE_SECONDS = 90.0
_DELIVERY_SECONDS = 60.0
_ACCEPTED = 250
_TRUSTED_FOR = timedelta(days=30)


class Domain(msgspec.Struct, frozen=True):
    """A domain as the API shows it."""

    id: str
    name: str
    status: str
    records: tuple[Record, ...]

    @property
    def publishable(self) -> list[Record]:
        """What its owner can publish: some records are only looked at, and addresses' names are their operator's."""
        return [record for record in self.records if record.value and record.type != "PTR"]


class Mailbox(msgspec.Struct, frozen=True):
    """A mailbox as the API shows it."""

    id: str
    address: str


class Webhook(msgspec.Struct, frozen=True):
    """A webhook as the API shows it; secrets are shown once."""

    id: str
    url: str
    secrets: tuple[str, ...] | None = None


class NodeStatus(msgspec.Struct, frozen=True):
    """A node as the operator sees it."""

    name: str
    status: str
    generation_desired: int
    generation_applied: int


class Event(msgspec.Struct, frozen=True):
    """One line of a message's timeline."""

    type: str
    at: str
    queue_id: str | None = None
    relay: str | None = None
    dsn: str | None = None
    reply: str | None = None
    tls: str | None = None


class Recipient(msgspec.Struct, frozen=True):
    """A recipient of a message with its timeline."""

    email: str
    status: str
    events: tuple[Event, ...] = ()


class Message(msgspec.Struct, frozen=True):
    """A message as the API shows it."""

    id: str
    recipients: tuple[Recipient, ...]


@dataclass
class Tenant:
    """Acts with the tenant's API key."""

    lab: Lab
    client: httpx.Client

    def post(self, path: str, body: Mapping[str, object]) -> bytes:
        """Create something; a refusal becomes a sentence."""
        return _content(self.client.post(path, json=body))

    def get(self, path: str) -> bytes:
        """Read something; a refusal becomes a sentence."""
        return _content(self.client.get(path))

    def settle(self) -> None:
        """Make domain, mailbox and webhook, or find them."""
        self.claim(TENANT_DOMAIN)
        self._mailbox()
        self._webhook()

    def claim(self, name: str) -> None:
        """Make a domain or find it, publish its records, and have it verified."""
        domain = next((found for found in self._all("/v1/domains", Domain) if found.name == name), None)
        if domain is None:
            domain = msgspec.json.decode(self.post("/v1/domains", {"name": name}), type=Domain)
        self.lab.publish(domain.publishable)
        if domain.status != "verified":
            path = f"/v1/domains/{domain.id}"
            self.post(f"{path}/verify", {})
            wait_until(lambda: self._is_verified(path), f"{name} is verified", seconds=_VERIFY_SECONDS)
        self.lab.say(f"{name} is verified")

    def _is_verified(self, path: str) -> bool:
        return msgspec.json.decode(self.get(path), type=Domain).status == "verified"

    def _mailbox(self) -> None:
        if any(found.address == TENANT_MAILBOX for found in self._all("/v1/mailboxes", Mailbox)):
            return
        self.post(
            "/v1/mailboxes", {"address": TENANT_MAILBOX, "name": "Ann", "password": self.lab.state.mailbox_password}
        )
        self.lab.say(f"mailbox {TENANT_MAILBOX} is made")

    def _webhook(self) -> None:
        if any(found.url == WEBHOOK_URL for found in self._all("/v1/webhooks", Webhook)):
            return
        made = msgspec.json.decode(self.post("/v1/webhooks", {"url": WEBHOOK_URL, "events": ["*"]}), type=Webhook)
        self.lab.state.webhook_secret = made.secrets[0] if made.secrets else None
        self.lab.save()
        self.lab.say(f"webhook {WEBHOOK_URL} is made")

    def _all(self, path: str, item: type[Item]) -> list[Item]:
        page = msgspec.json.decode(self.get(f"{path}?limit=100"))
        return [msgspec.convert(found, type=item) for found in page["data"]]

    def send_first_mail(self) -> Message:
        """Send a mail to the outside world and wait until its timeline says that it was delivered."""
        body = {
            "from": {"email": TENANT_MAILBOX, "name": "Ann"},
            "to": [{"email": OUTSIDE_MAILBOX, "name": "Bob"}],
            "subject": "Hello from Fleetpost",
            "text": f"This mail was sent by scripts/up at {time.strftime('%H:%M:%S')}.\n",
        }
        sent = msgspec.json.decode(self.post("/v1/messages", body), type=Message)
        what = f"mail {sent.id} is delivered (GET {self.lab.api_url}/v1/messages/{sent.id} has its timeline)"
        return wait_until(lambda: self._delivered(sent.id), what, seconds=_DELIVERY_SECONDS)

    def _delivered(self, message_id: str) -> Message | None:
        message = msgspec.json.decode(self.get(f"/v1/messages/{message_id}"), type=Message)
        statuses = {recipient.status for recipient in message.recipients}
        if statuses & {"bounced", "failed"}:
            raise LabError(f"the mail was not delivered: {message.recipients[0].events}")
        return message if statuses == {"delivered"} else None


def trust(lab: Lab) -> None:
    """Have bounces and complaints lead to nothing for the tenant: journeys make more of them than anybody may."""
    until = datetime.now(UTC) + _TRUSTED_FOR
    told = {"until": until.isoformat(), "reason": "Journeys send to many who do not exist"}
    with lab.api(lab.credentials.operator_key) as client:
        _content(client.post(f"/v1/measures/{lab.credentials.tenant_id}/exemption", json=told))


def wait_for_nodes(lab: Lab) -> None:
    """Wait until every node has applied all that it should."""
    names = {node.plan.name for node in lab.nodes}
    logs = ", ".join(str(node.logs) for node in lab.nodes)
    with lab.api(lab.credentials.operator_key) as client:
        wait_until(lambda: _in_force(client, names), f"all nodes are ready (see {logs})", seconds=_NODE_SECONDS)
    lab.say("all nodes are ready")


def wait_for_inbound(lab: Lab) -> None:
    """Wait until mail for the tenant's mailbox would be accepted: Rspamd takes some seconds to start."""
    ports = [lab.state.ports[f"{node.name}.smtp"] for node in lab.plans if "mx" in node.roles]
    what = f"mail for {TENANT_MAILBOX} is accepted (see {lab.nodes[0].logs})"
    for port in ports:
        wait_until(lambda port=port: _accepts_mail(port), what, seconds=_NODE_SECONDS)  # type: ignore[misc]
    lab.say("mail from outside is accepted")


def _accepts_mail(port: int) -> bool:
    try:
        with smtplib.SMTP(LOOPBACK, port, local_hostname=OUTSIDE_MX, timeout=10) as client:
            client.ehlo_or_helo_if_needed()
            client.mail(OUTSIDE_MAILBOX)
            return client.rcpt(TENANT_MAILBOX)[0] == _ACCEPTED
    except (smtplib.SMTPException, OSError):
        return False


def _in_force(client: httpx.Client, names: set[str]) -> bool:
    page = msgspec.json.decode(_content(client.get("/v1/nodes?limit=100")))
    nodes = [node for node in msgspec.convert(page["data"], type=list[NodeStatus]) if node.name in names]
    ready = [node for node in nodes if node.status == "ready" and node.generation_applied == node.generation_desired]
    return len(ready) == len(names)


def _content(answer: httpx.Response) -> bytes:
    if answer.is_error:
        request = answer.request
        raise LabError(f"{request.method} {request.url.path} was refused with {answer.status_code}: {answer.text}")
    return answer.content
