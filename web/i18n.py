"""The words of the pages in the reader's language: gettext catalogues, chosen once per request."""

from contextvars import ContextVar
from gettext import NullTranslations

from babel import Locale

from control_plane.core.languages import ENGLISH, Language

_language: ContextVar[Language] = ContextVar("language", default=ENGLISH)
_translations: ContextVar[NullTranslations | None] = ContextVar("translations", default=None)
_NONE = NullTranslations()


def bind(language: Language, translations: NullTranslations) -> None:
    """Bind for the rest of this request."""
    _language.set(language)
    _translations.set(translations)


def language() -> Language:
    """Give the language of this request."""
    return _language.get()


def locale() -> Locale:
    """Give Babel's rules for dates and numbers in this request's language."""
    return Locale.parse(_language.get().code)


def gettext(message: str) -> str:
    """Translate a sentence."""
    return (_translations.get() or _NONE).gettext(message) if message else ""  # the empty one is a catalogue's header


def ngettext(singular: str, plural: str, number: int) -> str:
    """Translate a sentence that depends on a number."""
    return (_translations.get() or _NONE).ngettext(singular, plural, number)
