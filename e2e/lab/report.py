"""What `scripts/up` prints at its end: one JSON object for programs, a page for people."""

from collections.abc import Mapping

from e2e.lab.lab import Lab
from e2e.lab.node import Node
from e2e.lab.passages import LOOPBACK
from e2e.lab.plan import OUTSIDE_DOMAIN, OUTSIDE_MAILBOX, OUTSIDE_MX, TENANT_DOMAIN, TENANT_MAILBOX
from e2e.lab.state import node_ports
from e2e.lab.tenant import WEBHOOK_URL, Message


def describe(lab: Lab) -> dict[str, object]:
    """Give everything that a program needs to use the lab."""
    credentials = lab.credentials
    return {
        "api": lab.api_url,
        "portal": lab.api_url,
        "operator_key": credentials.operator_key,
        "tenant_key": credentials.tenant_key,
        "tenant_id": credentials.tenant_id,
        "domain": TENANT_DOMAIN,
        "mailbox": TENANT_MAILBOX,
        "mailbox_password": lab.state.mailbox_password,
        "portal_user": credentials.portal_user,
        "portal_password": credentials.portal_password,
        "webhook_secret": lab.state.webhook_secret,
        "ca_file": str(lab.authority.certificate),
        "outside": {
            "api": lab.outside.url,
            "domain": OUTSIDE_DOMAIN,
            "mailbox": OUTSIDE_MAILBOX,
            "webhook_url": WEBHOOK_URL,
            "mx": OUTSIDE_MX,
        },
        "nodes": [_node(node, lab.state.ports) for node in lab.nodes],
    }


def _node(node: Node, ports: Mapping[str, int]) -> dict[str, object]:
    names = node_ports(node.plan)
    return {
        "name": node.plan.name,
        "hostname": node.plan.hostname,
        "address": node.plan.address,
        "roles": list(node.plan.roles),
        "ports": {name: f"{LOOPBACK}:{ports[f'{node.plan.name}.{name}']}" for name in names},
        "logs": str(node.logs),
    }


_PAGE = """\

Fleetpost is up.

  portal     {api}   sign in as {user} with {password}
  API        {api}/v1   (tenant key in $KEY below)
  outside    {outside}/messages   what arrived at {outside_domain}
  mailbox    {mailbox}, password {mailbox_password}, IMAPS {imaps}, submission {submission}
  state      {home}

Try it:

  KEY={key}
  curl -H "Authorization: Bearer $KEY" -H "Content-Type: application/json" {api}/v1/messages \\
    -d '{{"from": {{"email": "{mailbox}"}}, "to": [{{"email": "{outside_mailbox}"}}], "subject": "Hi", "text": "Hi"}}'
  curl "{outside}/messages?recipient={outside_mailbox}"
  curl -H "Content-Type: application/json" {outside}/send \\
    -d '{{"from": "{outside_mailbox}", "to": "{mailbox}", "subject": "Hello back", "text": "Hi"}}'
  curl --insecure "imaps://{imaps}/INBOX;MAILINDEX=1" -u "{mailbox}:{mailbox_password}"
  scripts/down
"""


def page(lab: Lab) -> str:
    """Write the same for a human, with what to try next."""
    credentials, ports = lab.credentials, lab.state.ports
    return _PAGE.format(
        api=lab.api_url,
        user=credentials.portal_user,
        password=credentials.portal_password,
        outside=lab.outside.url,
        outside_domain=OUTSIDE_DOMAIN,
        outside_mailbox=OUTSIDE_MAILBOX,
        mailbox=TENANT_MAILBOX,
        mailbox_password=lab.state.mailbox_password,
        imaps=f"{LOOPBACK}:{ports['n1.imaps']}",
        submission=f"{LOOPBACK}:{ports['n1.submission']}",
        home=lab.home,
        key=credentials.tenant_key,
    )


def timeline(message: Message) -> str:
    """Write down what happened to a mail."""
    lines = [
        f"    {event.at}  {event.type:<20}" + " ".join(filter(None, (event.relay, event.dsn, event.tls, event.reply)))
        for recipient in message.recipients
        for event in recipient.events
    ]
    return "\n".join([f"a mail to {message.recipients[0].email} went through ({message.id}):", *lines])
