"""Keep files, use them, read them again, and forget what nothing uses."""

from control_plane.blobs.service.forget import end_use, forget
from control_plane.blobs.service.keep import NewBlob, keep, use
from control_plane.blobs.service.read import find, give_to_node, page, whole

__all__ = ["NewBlob", "end_use", "find", "forget", "give_to_node", "keep", "page", "use", "whole"]
