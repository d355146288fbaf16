"""Certificates: which are wanted, how they come, and where they are served."""

from control_plane.certificates.service.answers import answer_of
from control_plane.certificates.service.authorities import authorities
from control_plane.certificates.service.deliver import CHANNEL, for_front, publish_all
from control_plane.certificates.service.due import due
from control_plane.certificates.service.manage import delete, get, list_certificates, order, renew, revoke
from control_plane.certificates.service.means import Means, opened
from control_plane.certificates.service.renewal import look_up_window, windows_due
from control_plane.certificates.service.steps import work_on
from control_plane.certificates.service.uploads import add, replace
from control_plane.certificates.service.wanted import WANT_JOB, WORK_JOB, tenants_holding, tenants_to_look_at, want
from control_plane.certificates.service.warnings import ending, warn

__all__ = [
    "CHANNEL",
    "WANT_JOB",
    "WORK_JOB",
    "Means",
    "add",
    "answer_of",
    "authorities",
    "delete",
    "due",
    "ending",
    "for_front",
    "get",
    "list_certificates",
    "look_up_window",
    "opened",
    "order",
    "publish_all",
    "renew",
    "replace",
    "revoke",
    "tenants_holding",
    "tenants_to_look_at",
    "want",
    "warn",
    "windows_due",
    "work_on",
]
