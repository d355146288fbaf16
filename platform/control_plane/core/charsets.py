"""Which character sets there are, answered without looking for one that somebody made up.

Python keeps every name that it was ever asked for, known or not, as long as the process lives. Names that come in mails
are therefore compared with a list before Python hears of them.
"""

import encodings
import pkgutil
import re
from encodings.aliases import aliases

_NO_CHARSETS = frozenset(
    {
        "aliases", "base64_codec", "bz2_codec", "charmap", "hex_codec", "idna", "mbcs", "oem", "punycode",
        "quopri_codec", "raw_unicode_escape", "rot_13", "undefined", "unicode_escape", "uu_codec", "zlib_codec",
    }
)  # fmt: skip
_CHARSETS = frozenset(module.name for module in pkgutil.iter_modules(encodings.__path__)) - _NO_CHARSETS
_APART = re.compile(r"[^a-z0-9.]+")
_LONGEST = 60


def known_charset(name: str) -> str | None:
    """Give a character set's name in Python's one spelling, whatever it is written like; None for any other name."""
    if len(name) > _LONGEST or not name.isascii():
        return None
    spelled = _APART.sub("_", name.lower()).strip("_")
    found = aliases.get(spelled) or aliases.get(spelled.replace(".", "_"), spelled)
    return found if found in _CHARSETS else None
