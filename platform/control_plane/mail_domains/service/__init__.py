"""Mail domains: claimed, proven by DNS, and then in force on the nodes."""

from control_plane.mail_domains.service.checks import check, verify
from control_plane.mail_domains.service.dkim_keeping import KEEP_JOB, Keeper, due_for_keeping, keep_if_due, keeper
from control_plane.mail_domains.service.dkim_making import begin_signing
from control_plane.mail_domains.service.dkim_rotating import rotate as rotate_dkim
from control_plane.mail_domains.service.dkim_settings import change_dkim, dkim_keys_of
from control_plane.mail_domains.service.following import follow_policy
from control_plane.mail_domains.service.history import checks, forget_old_checks
from control_plane.mail_domains.service.items import proven_domain_ids, publish_all
from control_plane.mail_domains.service.looking import Checker, checker
from control_plane.mail_domains.service.platform_domains import add_platform_domain
from control_plane.mail_domains.service.registry import add, delete, get, list_domains
from control_plane.mail_domains.service.rounds import Round
from control_plane.mail_domains.service.sending import sending_domain, sending_domains
from control_plane.mail_domains.service.served import (
    ReportOwner,
    ServedName,
    ServedPurpose,
    find_by_report_token,
    proven_by_another,
    proven_names,
    served_names,
    tenants_holding,
)

__all__ = [
    "KEEP_JOB",
    "Checker",
    "Keeper",
    "ReportOwner",
    "Round",
    "ServedName",
    "ServedPurpose",
    "add",
    "add_platform_domain",
    "begin_signing",
    "change_dkim",
    "check",
    "checker",
    "checks",
    "delete",
    "dkim_keys_of",
    "due_for_keeping",
    "find_by_report_token",
    "follow_policy",
    "forget_old_checks",
    "get",
    "keep_if_due",
    "keeper",
    "list_domains",
    "proven_by_another",
    "proven_domain_ids",
    "proven_names",
    "publish_all",
    "rotate_dkim",
    "sending_domain",
    "sending_domains",
    "served_names",
    "tenants_holding",
    "verify",
]
