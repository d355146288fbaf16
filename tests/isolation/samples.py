"""What the generator cannot read from the document: a body that is accepted, and how each thing in an address is made.

A new operation with a body needs a line in `BODIES`; a new `{parameter}` one in `THINGS`.
"""

import secrets
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from tests.isolation.places import Place, some_node

Body: TypeAlias = dict[str, object]


class Thing(msgspec.Struct, frozen=True):
    """How a thing that stands in an address is made."""

    made_by: str
    """The operation whose answer has its id …"""
    prefix: str
    field: str = "id"
    """… in this field."""
    needs: tuple[str, ...] = ()
    """Parameters of that operation."""


def _mail(place: Place) -> Body:
    return {
        "from": {"email": f"ann@{place.domain}"},
        "to": [{"email": "bob@else.test"}],
        "subject": "Hello",
        "text": "Good morning!",
    }


def _unique(label: str) -> str:
    return f"{label}-{secrets.token_hex(6)}"


BODIES: dict[str, Callable[[Place], Body]] = {
    "sendMessage": _mail,
    "sendBatch": lambda place: {"messages": [_mail(place)]},
    "addDomain": lambda _: {"name": f"{_unique('d')}.test"},
    "createMailbox": lambda place: {"address": f"{_unique('m')}@{place.domain}", "password": "correct horse battery"},
    "changeMailbox": lambda _: {"name": "Ann"},
    "createWebhook": lambda _: {"url": "http://127.0.0.1:1/"},
    "createNode": lambda _: msgspec.to_builtins(some_node()),
    "createEnrolmentToken": lambda _: {},
}
"""By operation id."""

THINGS = {
    "message_id": Thing("sendMessage", "msg"),
    "domain_id": Thing("addDomain", "dom"),
    "mailbox_id": Thing("createMailbox", "mbx"),
    "webhook_id": Thing("createWebhook", "whk"),
    "node_id": Thing("createNode", "nod"),
}
"""By the name of the parameter."""

REFERENCES = {"node_id": "node_id", "parent_id": "client_id", "plan_id": "plan_id"}
"""Fields of bodies that name a thing, by what they name; `NO_REFERENCES` are not ours to look up."""
NO_REFERENCES = frozenset({"content_id", "client_id", "key_id"})

NEEDED_REFERENCES = {"createEnrolmentToken": ("node_id",)}
"""References without which a body is not accepted."""
