"""Mail domains: added, proven by DNS, and then in force on the nodes."""

from control_plane.mail_domains.service.checks import Checker, check, check_if_due, checker, due_for_check
from control_plane.mail_domains.service.items import publish_all
from control_plane.mail_domains.service.registry import add, delete, get, list_domains
from control_plane.mail_domains.service.sending import sending_domain, sending_domains
from control_plane.mail_domains.service.served import ReportOwner, ServedName, find_by_report_token, served_names

__all__ = [
    "Checker",
    "ReportOwner",
    "ServedName",
    "add",
    "check",
    "check_if_due",
    "checker",
    "delete",
    "due_for_check",
    "find_by_report_token",
    "get",
    "list_domains",
    "publish_all",
    "sending_domain",
    "sending_domains",
    "served_names",
]
