"""The tree of tenants as other features use it."""

from control_plane.tenants.schemas import NewTenant
from control_plane.tenants.service.change import add_client, change_client
from control_plane.tenants.service.clients import PREFIX, get_client, id_of, list_clients
from control_plane.tenants.service.ending import close_client, close_own, reopen_client, reopen_own, standing
from control_plane.tenants.service.erase import erase_due
from control_plane.tenants.service.export import export
from control_plane.tenants.service.grants import (
    change_grant,
    end_grant,
    get_grant,
    give_grant,
    grant_to_maker,
    list_grants,
    providers,
)
from control_plane.tenants.service.make import create, find_by_slug, free_slug, root_of, whole_tree
from control_plane.tenants.service.move import move_client
from control_plane.tenants.service.settled import mark_settled, status_held, unsettled
from control_plane.tenants.service.standing import resume_client, suspend_client

__all__ = [
    "PREFIX",
    "NewTenant",
    "add_client",
    "change_client",
    "change_grant",
    "close_client",
    "close_own",
    "create",
    "end_grant",
    "erase_due",
    "export",
    "find_by_slug",
    "free_slug",
    "get_client",
    "get_grant",
    "give_grant",
    "grant_to_maker",
    "id_of",
    "list_clients",
    "list_grants",
    "mark_settled",
    "move_client",
    "providers",
    "reopen_client",
    "reopen_own",
    "resume_client",
    "root_of",
    "standing",
    "status_held",
    "suspend_client",
    "unsettled",
    "whole_tree",
]
