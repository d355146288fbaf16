"""Shaping in the operator's console: what is in force, a change tried, then saved."""

from collections.abc import AsyncGenerator

import pytest

from control_plane.core.database import Database
from control_plane.shaping import service
from control_plane.shaping.schemas import NewShapingRules, ShapingChanges
from tests.conftest import Tenant
from tests.web.conftest import MakePerson, Person
from web import shaping_views
from web.pages.operator_shaping import ShapingForm

PATH = "/operator/shaping"


@pytest.fixture(autouse=True)
async def unchanged(db: Database) -> AsyncGenerator[None]:
    """Leave the product's own set in force."""
    yield
    async with db.fleet_tx() as tx:
        await service.save(tx, NewShapingRules(changes=ShapingChanges(), reason="As before"))


async def watcher(make_person: MakePerson, operator: Tenant) -> Person:
    person = await make_person(operator)
    await person.sign_in()
    return person


async def test_a_change_is_tried_then_saved_and_shown(make_person: MakePerson, operator: Tenant) -> None:
    ann = await watcher(make_person, operator)
    assert "yahoo-tss05" in await ann.see(PATH)
    change = f"{PATH}/change"
    tried = await ann.submit(f"{PATH}/try", page=change, changes=shaping_views.EXAMPLE, reason="")
    assert tried.status_code == 200
    assert "What would have been" in tried.text
    unexplained = await ann.submit(change, page=change, changes=shaping_views.EXAMPLE, reason="")
    assert unexplained.status_code == 400
    assert "Say why" in unexplained.text
    typed = {"changes": shaping_views.EXAMPLE, "reason": "Acme asked us to", "at_once": "yes"}
    saved = await ann.submit(change, page=change, **typed)
    assert saved.status_code == 303
    shown = await ann.see(PATH)
    for words in ("acme-busy", "Acme asked us to", "yours", "5 a minute"):
        assert words in shown, words
    assert "acme-busy" in await ann.see(change)


async def test_what_is_wrong_is_said_with_its_place(make_person: MakePerson, operator: Tenant) -> None:
    ann = await watcher(make_person, operator)
    change = f"{PATH}/change"
    for typed, words in (
        ("{", "not valid JSON"),
        ('{"rules": [{"name": "a", "pattern": "(a+)+", "action": "suspend"}]}', "rules[0].pattern"),
        ('{"colour": 1}', "colour"),
        ("[" * 5000, "nested too deeply"),
    ):
        for path in (f"{PATH}/try", change):
            answer = await ann.submit(path, page=change, changes=typed, reason="x")
            assert 400 <= answer.status_code < 500, path
            assert words in answer.text, (path, typed[:40])


def test_changes_are_written_as_they_are_read() -> None:
    changes = ShapingForm(changes=shaping_views.EXAMPLE).read()
    assert ShapingForm(changes=shaping_views.as_text(changes)).read() == changes
    assert shaping_views.as_text(ShapingChanges()) == ""
    assert ShapingForm().read() == ShapingChanges()
