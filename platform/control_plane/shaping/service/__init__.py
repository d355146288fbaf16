"""What providers take, and what their replies lead to: saved in versions, brought to nodes, tried on past attempts."""

from control_plane.shaping.merge import defaults
from control_plane.shaping.service.assign import assign, item_for, put_in_force, unassign
from control_plane.shaping.service.publish import class_names, publish
from control_plane.shaping.service.versions import (
    PREFIX,
    PUBLISH_JOB,
    exists,
    get_version,
    in_force,
    list_versions,
    save,
    set_in_force,
)
from control_plane.shaping.service.what_if import what_if

__all__ = [
    "PREFIX",
    "PUBLISH_JOB",
    "assign",
    "class_names",
    "defaults",
    "exists",
    "get_version",
    "in_force",
    "item_for",
    "list_versions",
    "publish",
    "put_in_force",
    "save",
    "set_in_force",
    "unassign",
    "what_if",
]
