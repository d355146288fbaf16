"""Which suppressions hold for the simulator's addresses: a pure decision.

What its own bounces and complaints led to stands in the list, for programs to see, but does not hold: the same address
can be tried again and again. What somebody put there holds.
"""

from collections.abc import Iterable, Mapping

from control_plane.core.sandbox import SIMULATOR
from control_plane.sandbox.scripts import SUPPRESSED, word_of

_PUT_THERE = frozenset({"manual", "unsubscribe"})
_REASON = "hard_bounce"


def heeded(reasons: Mapping[str, str], emails: Iterable[str]) -> Mapping[str, str]:
    """Give why which addresses are not written to, by what was found on the lists for these."""
    played = {email.lower() for email in emails if SIMULATOR.has(email)}
    if not played:
        return reasons
    held = {email: reason for email, reason in reasons.items() if not SIMULATOR.has(email) or reason in _PUT_THERE}
    return held | {email: _REASON for email in played if word_of(email)[0] == SUPPRESSED}
