"""The pages' words in every language: nothing is missing, unsure, or does not fit."""

import pytest
from babel.messages.catalog import Catalog

from control_plane.core.languages import ENGLISH, LANGUAGES, Language, catalogues
from tests.web.conftest import Person
from web import translations
from web.language import COOKIE

OTHERS = [language for language in LANGUAGES if language is not ENGLISH]


@pytest.mark.parametrize("language", OTHERS, ids=lambda language: language.code)
def test_a_catalogue_is_complete(language: Language) -> None:
    faults = [str(fault) for fault in translations.faults(language.code, translations.extract())]
    assert not faults, "run scripts/translations update, then translate:\n" + "\n".join(faults[:40])


@pytest.mark.parametrize(
    ("english", "translated", "what"),
    [
        ("Hello, %(name)s", "Hallo", "lacks the placeholder %(name)s"),
        ("Hello, %(name)s", "Hallo, %(name)s und %(nme)s", "unknown named placeholder"),
        ("Hello", "", "is not translated"),
    ],
)
def test_a_translation_must_fit(english: str, translated: str, what: str) -> None:
    catalog = Catalog(locale="de")
    flags = ("python-format",) if "%" in english else ()
    catalog.add(english, translated, flags=flags)
    found = [str(fault) for fault in translations.compared("de", catalog.get(english))]
    assert len(found) == 1
    assert what in found[0]


def test_what_a_reader_may_have_to_be_told_is_among_the_messages() -> None:
    template = translations.extract()
    for sentence in (
        "Messages",  # a template
        "The recipient's mail server has taken it.",  # a constant
        "This is not an IP address.",  # a field's fault
        "There is no such thing, or it is not yours.",  # a refusal
    ):
        assert sentence in template


async def test_a_german_reader_reads_german(ann: Person) -> None:
    ann.client.cookies.set(COOKIE, "de")
    page = await ann.see("/messages")
    assert '<html lang="de"' in page
    assert "Alles, was Sie gesendet haben" in page
    assert "Empfängers" in page
    refused = await ann.submit("/domains", page="/domains", name="not a domain")
    assert refused.status_code == 422


def test_a_language_without_a_catalogue_speaks_english() -> None:
    assert catalogues.translations("xx").gettext("Messages") == "Messages"
