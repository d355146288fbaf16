"""The reputation of addresses and domains: what lists say of them, and how their mail fares."""

from control_plane.reputation.service.rounds import Means, forget_old, look_up, look_up_due, take_stock
from control_plane.reputation.service.scan import Scanner, scanner_of
from control_plane.reputation.service.view import ask_delisting, hurry, listings, of_ip

__all__ = [
    "Means",
    "Scanner",
    "ask_delisting",
    "forget_old",
    "hurry",
    "listings",
    "look_up",
    "look_up_due",
    "of_ip",
    "scanner_of",
    "take_stock",
]
