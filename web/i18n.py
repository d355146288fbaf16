"""The words of the pages in the reader's language: gettext catalogues, chosen once per request."""

from contextvars import ContextVar
from gettext import NullTranslations

_translations: ContextVar[NullTranslations | None] = ContextVar("translations", default=None)
_NONE = NullTranslations()


def bind_translations(translations: NullTranslations) -> None:
    """Bind for the rest of this request."""
    _translations.set(translations)


def gettext(message: str) -> str:
    """Translate a sentence."""
    return (_translations.get() or _NONE).gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Translate a sentence that depends on a number."""
    return (_translations.get() or _NONE).ngettext(singular, plural, number)
