"""Templates: kept in versions, previewed, and filled in for messages."""

from control_plane.templates.assembly import Rendered
from control_plane.templates.service.history import list_versions, publish, restore
from control_plane.templates.service.manage import change, clone, create, delete, get, listing
from control_plane.templates.service.preview import preview, preview_unsaved
from control_plane.templates.service.rendering import PREFIX, Ready, prepare, render
from control_plane.templates.service.trial import test_send

__all__ = [
    "PREFIX",
    "Ready",
    "Rendered",
    "change",
    "clone",
    "create",
    "delete",
    "get",
    "list_versions",
    "listing",
    "prepare",
    "preview",
    "preview_unsaved",
    "publish",
    "render",
    "restore",
    "test_send",
]
