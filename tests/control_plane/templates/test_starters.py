"""The templates to begin with are as good as they should be."""

import pytest

from control_plane.templates.assembly import Assembled, Content
from control_plane.templates.starters import STARTERS, Starter
from control_plane.templates.warnings import warnings


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.slug)
def test_a_starter_has_all_that_it_needs(starter: Starter) -> None:
    rendered = Assembled(Content(subject=starter.subject, mjml=starter.mjml, text=starter.text)).render(
        starter.sample_data
    )
    assert rendered.undefined == ()
    assert list(warnings(rendered)) == []
    assert rendered.subject
    assert rendered.html
    assert "{{" not in rendered.html + (rendered.text or "")
    assert "prefers-color-scheme: dark" in rendered.html


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.slug)
def test_a_starter_fetches_nothing(starter: Starter) -> None:
    assert "src=" not in starter.sample_html
    assert "googleapis" not in starter.sample_html
