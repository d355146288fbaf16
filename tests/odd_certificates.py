"""What may stand in a certificate and hardly any library knows."""

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

SECP112R1 = """-----BEGIN PRIVATE KEY-----
ME4CAQAwEAYHKoZIzj0CAQYFK4EEAAYENzA1AgEBBA4pxt+Kb6TAFdL3hJEsh6Eg
Ax4ABI150Rm+yuNcBTVCyZYDohm4OyeFO0fe1u3ry7Y=
-----END PRIVATE KEY-----
"""
X400_NAME = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, bytes.fromhex("3004a3023000"))
"""A name of a kind that the library does not know."""
