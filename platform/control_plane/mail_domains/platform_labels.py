"""Names below the platform's own zone, for customers who have no domain: which ones may be asked for."""

import re

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{1,38}[a-z0-9])")
_RESERVED = """
abuse account accounts admin administrator api app auth autoconfig autodiscover bank billing blog bounce cert
certificate cdn client clients confirm console contact control dashboard dkim dmarc dns docs email fleetpost ftp gateway
git help host hostmaster imap info init invoice localhost login mail mailer-daemon mail-daemon marketing master mta
mta-sts mx my news newsletter noc no-reply noreply ns ns1 ns2 oauth office operator panel password pay payment phishing
platform pop pop3 portal postmaster privacy proxy register report reports return root sales secure security server
service shop sign-in signin sign-up signup smtp spam ssl sso staff static status submission support sysadmin system team
test tls token update user verify vpn webmail webmaster wpad www
"""
"""Names that a reader would take for the platform's own voice, or that programs look for (RFC 2142)."""


def problem_of(label: str) -> str | None:
    """Say why a name may not be asked for; None if it may."""
    if not _LABEL.fullmatch(label):
        return "Use 3 to 40 lower-case letters, digits and hyphens, with a letter or digit at each end."
    if "--" in label:
        return "Two hyphens in a row make a name that is read otherwise: use one."
    if label in _RESERVED.split():
        return "This name is reserved: choose another."
    return None
