"""Suppressions as other features use them."""

from control_plane.suppressions.service.add import add, add_for
from control_plane.suppressions.service.bulk import delete_many
from control_plane.suppressions.service.check import Mail, check, check_all
from control_plane.suppressions.service.expire import expire
from control_plane.suppressions.service.export import COLUMNS, MEDIA_TYPE, export, rows
from control_plane.suppressions.service.importing import IMPORT_JOB, Importer, forget_uploads, trigger_waiting
from control_plane.suppressions.service.lists import asked_about, find, listing, of_addresses
from control_plane.suppressions.service.manage import create, delete, reactivate, restore
from control_plane.suppressions.service.uploads import IMPORT_PREFIX, find_import, form_of, list_imports, take_upload
from control_plane.suppressions.service.view import PREFIX

__all__ = [
    "COLUMNS",
    "IMPORT_JOB",
    "IMPORT_PREFIX",
    "MEDIA_TYPE",
    "PREFIX",
    "Importer",
    "Mail",
    "add",
    "add_for",
    "asked_about",
    "check",
    "check_all",
    "create",
    "delete",
    "delete_many",
    "expire",
    "export",
    "find",
    "find_import",
    "forget_uploads",
    "form_of",
    "list_imports",
    "listing",
    "of_addresses",
    "reactivate",
    "restore",
    "rows",
    "take_upload",
    "trigger_waiting",
]
