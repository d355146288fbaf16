"""What to do next about a domain's MTA-STS policy: pure."""

from datetime import datetime, timedelta

from control_plane.domain_sites.policy import Mode

_TESTED_FOR = timedelta(days=14)
"""Long enough for the reports of the large receivers to come in and be looked at."""


def advise(mode: Mode, since: datetime | None, now: datetime) -> str:
    """Say what the next step is, given since when the policy is as it is."""
    if mode == "enforce":
        return "Mail to this domain is only delivered over verified TLS; nothing need be done."
    if mode == "none":
        return "Others are told that there is no policy: choose `testing` to begin with one."
    if since is None or now - since < _TESTED_FOR:
        return "Others report failures of TLS and deliver all the same; look at the TLS reports for two weeks."
    return "The policy has been tested for two weeks: if the TLS reports show no failures, choose `enforce`."
