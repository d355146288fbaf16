"""The translations as they lie in the source, `locale/<code>/LC_MESSAGES/fleetpost.po`, compiled at first use."""

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from control_plane.core.languages import ENGLISH

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "fleetpost"


def file_of(code: str) -> Path:
    """Give where a language's catalogue lies."""
    return FOLDER / code / "LC_MESSAGES" / f"{DOMAIN}.po"


def read(code: str) -> Catalog:
    """Read a language's catalogue."""
    with file_of(code).open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN)


@cache
def translations(code: str) -> gettext.NullTranslations:
    """Give a language's compiled catalogue; English is what stands in the source."""
    if code == ENGLISH.code or not file_of(code).exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, read(code))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
