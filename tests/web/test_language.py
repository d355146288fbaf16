"""Each reader's language."""

import pytest

from control_plane.core.languages import LANGUAGES
from tests.web.conftest import Person
from web.language import COOKIE, choose


@pytest.mark.parametrize(
    ("accepted", "code"),
    [
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("fr;q=0.4, es;q=0.9", "es"),
        ("zh-CN,zh;q=0.9", "zh_Hans"),
        ("pt-BR, ru", "en"),  # we speak neither
        ("de;q=0, fr", "fr"),  # anything but German
        ("", "en"),
        (";;q=,,;q=x,\x00", "en"),
        ("de;q=nan,fr;q=inf", "fr"),
    ],
)
def test_the_browsers_wish_is_heard(accepted: str, code: str) -> None:
    assert choose(accepted=accepted).code == code


def test_a_persons_choice_comes_first_and_the_accounts_language_last() -> None:
    assert choose("es", accepted="de").code == "es"
    assert choose("", "fr", accepted="de").code == "fr"
    assert choose("", accepted="xx", otherwise=["zh-Hans"]).code == "zh_Hans"


async def test_a_page_says_which_language_it_speaks(visitor: Person) -> None:
    visitor.client.headers["accept-language"] = "zh-TW"
    assert '<html lang="zh-Hans"' in await visitor.see("/sign-in")
    visitor.client.cookies.set(COOKIE, "fr")
    assert '<html lang="fr"' in await visitor.see("/sign-in")


def test_every_language_is_named_in_itself() -> None:
    assert [language.name for language in LANGUAGES] == ["English", "Deutsch", "Español", "Français", "简体中文"]
