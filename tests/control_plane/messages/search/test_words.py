"""Words are found again however they were written."""

import pytest

from control_plane.messages.search.words import WORDS_MAX, words_of


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("Ihre RECHNUNG ist da", "rechnung"),
        ("Café à la crème", "cafe creme"),
        ("Cafe\u0301", "café"),  # the accent as a character of its own
        ("STRASSE", "straße"),
        ("ＨＥＬＬＯ", "hello"),  # of double width
        ("Счёт-фактура", "счет"),
        ("Τιμολόγιο", "τιμολογιο"),
        ("İstanbul", "istanbul"),
        ("Re: order #4711/b", "4711"),
        ("हिन्दी में", "हिन्दी"),
        ("فَاتُورَة", "فاتورة"),  # with and without vowel points
        ("您的发票已经准备好", "发票"),
        ("ご注文ありがとう", "注文"),
        ("ใบแจ้งหนี้ของคุณ", "แจ้งหนี้"),
        ("Rechnung für 山田様", "山田"),
    ],
)
def test_a_word_is_the_same_in_any_case_accent_and_script(written: str, asked: str) -> None:
    assert set(words_of(asked)) <= set(words_of(written))
    assert words_of(asked)


def test_other_words_are_others() -> None:
    assert words_of("invoice") != words_of("invoices")
    assert not set(words_of("发货")) & set(words_of("发票"))


@pytest.mark.parametrize("text", ["", " ", "—", "!?", "\0", "👋"])
def test_what_has_no_word_gives_none(text: str) -> None:
    assert words_of(text) == []


def test_a_long_text_is_bounded() -> None:
    assert len(words_of(" ".join(map(str, range(1000))))) == WORDS_MAX
    assert len(words_of("字" * 500 + "".join(chr(0x4E00 + n) for n in range(500)))) == WORDS_MAX
    assert max(map(len, words_of("a" * 998))) == 40
