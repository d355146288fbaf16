"""Quotas: counted in one place, up the tree of tenants, exact however many ask at once."""

from control_plane.quotas.service.allocation import check_allocation, check_gifts
from control_plane.quotas.service.consume import TELL_JOB, count, give_back, hold, refusal, storage_for, take
from control_plane.quotas.service.recount import purge, recount
from control_plane.quotas.service.standing import usage, warnings
from control_plane.quotas.service.tell import tell

__all__ = [
    "TELL_JOB",
    "check_allocation",
    "check_gifts",
    "count",
    "give_back",
    "hold",
    "purge",
    "recount",
    "refusal",
    "storage_for",
    "take",
    "tell",
    "usage",
    "warnings",
]
