"""What can be wrong with a certificate."""

from control_plane.core.errors import Conflict, TooMany


class CertificateExists(Conflict):
    """There is a certificate for these names already: change or delete that one."""

    code = "certificate_exists"


class NoAuthority(Conflict):
    """Your provider has set up no certificate authority: upload a certificate of your own."""

    code = "no_certificate_authority"


class CertificateNotOrdered(Conflict):
    """The certificate was uploaded: replace it by a newer one, and revoke it where you got it."""

    code = "certificate_not_ordered"


class CertificateOrdered(Conflict):
    """The certificate is ordered and renewed by itself: upload your own as another one, and it is served instead."""

    code = "certificate_ordered"


class CertificateServed(Conflict):
    """The name's DNS points to us, so it needs its certificate: point it elsewhere first, or upload your own."""

    code = "certificate_served"


class NothingIssued(Conflict):
    """There is no certificate yet that could be revoked."""

    code = "nothing_issued"


class TooManyCertificates(Conflict):
    """You have as many certificates as one account can have: delete those that you do not need."""

    code = "too_many_certificates"


class TooSoon(TooMany):
    """The last attempt failed a moment ago, and authorities shut out who asks too often: wait a little."""

    code = "certificate_too_soon"
