"""Inbound routes: made, put in force on nodes, and asked for each mail that comes; and that mail."""

from control_plane.inbound_routes.service.consent import Asking, answer, find_question
from control_plane.inbound_routes.service.explain import explain
from control_plane.inbound_routes.service.held import purge, release
from control_plane.inbound_routes.service.manage import (
    ask,
    change,
    create,
    delete,
    get,
    in_order,
    list_routes,
    mailboxes,
    move,
    targets,
)
from control_plane.inbound_routes.service.publish import publish, publish_outdated, tenants_holding
from control_plane.inbound_routes.service.read import (
    attachment_of,
    file_by_link,
    get_message,
    list_messages,
    raw_of,
)
from control_plane.inbound_routes.service.retention import forget, make_room
from control_plane.inbound_routes.service.take import RouteIntake
from control_plane.inbound_routes.service.try_out import try_out
from control_plane.inbound_routes.service.view import MESSAGE_PREFIX, PREFIX
from control_plane.inbound_routes.service.watch import watch

__all__ = [
    "MESSAGE_PREFIX",
    "PREFIX",
    "Asking",
    "RouteIntake",
    "answer",
    "ask",
    "attachment_of",
    "change",
    "create",
    "delete",
    "explain",
    "file_by_link",
    "find_question",
    "forget",
    "get",
    "get_message",
    "in_order",
    "list_messages",
    "list_routes",
    "mailboxes",
    "make_room",
    "move",
    "publish",
    "publish_outdated",
    "purge",
    "raw_of",
    "release",
    "targets",
    "tenants_holding",
    "try_out",
    "watch",
]
