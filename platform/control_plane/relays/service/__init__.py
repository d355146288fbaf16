"""Relays: made and changed by their owners, published to nodes, and what providers and nodes say of them."""

from control_plane.relays.service.events_address import new_events_address
from control_plane.relays.service.health import counts_of
from control_plane.relays.service.manage import change, create, delete, get, list_relays
from control_plane.relays.service.publish import publish_all, publish_for_all, tenants_holding
from control_plane.relays.service.switch import relay_of, switch
from control_plane.relays.service.trial import try_out
from control_plane.relays.service.view import PREFIX

__all__ = [
    "PREFIX",
    "change",
    "counts_of",
    "create",
    "delete",
    "get",
    "list_relays",
    "new_events_address",
    "publish_all",
    "publish_for_all",
    "relay_of",
    "switch",
    "tenants_holding",
    "try_out",
]
