"""Judge a mail as a big provider does, with libraries that are not ours."""

import re

import authheaders
import dkim
from authheaders import DKIMAuthenticationResult

from e2e.lab.outside.mail import Signature, Verdicts

_TAG = re.compile(rb"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)")


def judge(raw: bytes, *, client: str, mail_from: str, helo: str) -> Verdicts:
    """Check SPF, every DKIM signature, and DMARC upon both (blocking: it asks the DNS)."""
    spf = authheaders.check_spf(client, mail_from, helo)
    signatures = _signatures(raw)
    dkim_result = _overall(signatures)
    dmarc = authheaders.check_dmarc(raw, spf, dkim_result)
    return Verdicts(
        spf=spf.result or "none",
        dkim=dkim_result.result if signatures else "none",
        dmarc=dmarc.result,
        signatures=signatures,
    )


def _overall(signatures: tuple[Signature, ...]) -> DKIMAuthenticationResult:
    best = next((signature for signature in signatures if signature.result == "pass"), None)
    domain = best.domain if best else ""
    return DKIMAuthenticationResult(result="pass" if best else "fail", header_d=domain, header_i=f"@{domain}")


def _signatures(raw: bytes) -> tuple[Signature, ...]:
    headers, _ = dkim.rfc822_parse(raw)
    values = [value for name, value in headers if name.lower() == b"dkim-signature"]
    return tuple(_check(raw, index, value) for index, value in enumerate(values))


def _check(raw: bytes, index: int, value: bytes) -> Signature:
    tags = {name.decode(): text.strip().decode(errors="replace") for name, text in _TAG.findall(value)}
    try:
        result = "pass" if dkim.DKIM(raw).verify(idx=index) else "fail"
    except dkim.DKIMException as error:
        result = f"fail ({error})"
    return Signature(tags.get("d", ""), tags.get("s", ""), tags.get("a", ""), result)
