"""The languages that the platform speaks, on its pages and in its mails."""

import msgspec


class Language(msgspec.Struct, frozen=True):
    """A language that people are spoken to in."""

    code: str
    """As Babel and the folders of catalogues write it: `zh_Hans`."""
    name: str
    """In the language itself."""

    @property
    def tag(self) -> str:
        """Write it as HTML and HTTP do: `zh-Hans`."""
        return self.code.replace("_", "-")


ENGLISH = Language("en", "English")
LANGUAGES = (
    ENGLISH,
    Language("de", "Deutsch"),
    Language("es", "Español"),
    Language("fr", "Français"),
    Language("zh_Hans", "简体中文"),
)


def mark(message: str) -> str:
    """Mark a sentence of a constant for the catalogues; whoever shows it translates it."""
    return message
