"""A domain's private key in the form in which Rspamd 3.4 loads it."""

import base64
import binascii
import re

from tenant_agent import wire
from tenant_agent.identifiers import Unfit

_ED25519_PKCS8 = bytes.fromhex("302e020100300506032b657004220420")  # RFC 8410 §7; the 32 bytes of the seed follow
_ED25519_SEED_BYTES = 32
_PEM = re.compile(r"-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/=\n]{40,8000})-----END PRIVATE KEY-----\n?\Z")


def signing_key(item: wire.DkimItem) -> str:
    """Give an RSA key in PEM, and an Ed25519 key, of which Rspamd reads no PEM, as its seed in base64; raises `Unfit`.

    Before the seed stands a blank, which Rspamd skips: what begins with a slash, as one seed of 64 does, it would take
    for no base64 at all, and sign nothing.
    """
    found = _PEM.match(item.private_key)
    if found is None:
        raise Unfit("the private key is not PEM (PKCS #8)")
    try:
        der = base64.b64decode(found[1].replace("\n", ""), validate=True)
    except binascii.Error as error:
        raise Unfit("the private key is not valid base64") from error
    is_ed25519 = der.startswith(_ED25519_PKCS8) and len(der) == len(_ED25519_PKCS8) + _ED25519_SEED_BYTES
    if is_ed25519 != (item.algorithm == "ed25519"):
        raise Unfit(f"the private key is not of the algorithm {item.algorithm}")
    return f" {base64.b64encode(der[-_ED25519_SEED_BYTES:]).decode()}" if is_ed25519 else item.private_key
