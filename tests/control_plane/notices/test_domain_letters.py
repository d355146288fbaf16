"""What people read about their domains."""

from datetime import date
from gettext import NullTranslations
from typing import get_args

import msgspec
import pytest

from control_plane.mail_domains.life import News
from control_plane.notices.domain_letters import domain_letter
from control_plane.notices.schemas import DomainNews


@pytest.mark.parametrize("news", get_args(News))
def test_each_news_names_the_domain_and_leads_to_its_page(news: News) -> None:
    notice = DomainNews(news=news, domain="bücher.test", path="/domains/dom_1", lost_on=date(2026, 12, 1))
    letter = domain_letter(notice, NullTranslations())
    assert "bücher.test" in letter.subject
    assert letter.path == "/domains/dom_1"
    assert "%(" not in " ".join((letter.subject, *letter.paragraphs))
    assert msgspec.json.decode(msgspec.json.encode(notice), type=DomainNews) == notice


def test_a_missing_proof_says_until_when_it_must_be_back() -> None:
    notice = DomainNews(news="unproven", domain="acme.test", path="/", lost_on=date(2026, 12, 1))
    assert "2026-12-01" in domain_letter(notice, NullTranslations()).paragraphs[1]
