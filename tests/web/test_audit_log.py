"""The page of the audit log: in words, with filters in its address, and as a file."""

import ast
import csv
import io
from pathlib import Path

from control_plane.audit import service as audit
from control_plane.core.actor import Actor, acting_as
from control_plane.core.database import Database
from control_plane.core.tenancy import acting_for
from tests.conftest import MakeTenant, Tenant
from tests.web.conftest import MakePerson, Person
from web.audit_words import ACTIONS, FEATURES

ROOT = Path(__file__).parents[2]
PAGE = "/settings/audit-log"
EVE = Actor(kind="key", id="key_eve", name="=eve")


async def rename(db: Database, tenant: Tenant, actor: Actor, before: str, after: str) -> None:
    with acting_for(tenant.id), acting_as(actor):
        async with db.tenant_tx() as tx:
            audit.record(tx, "mailboxes.change", "mbx_1", before={"name": before}, after={"name": after})


async def test_the_log_is_shown_in_words(ann: Person, db: Database) -> None:
    await rename(db, ann.tenant, EVE, "Bob", "<b>Bobby</b>")
    text = await ann.see(PAGE)
    assert "Changed a mailbox" in text
    assert "=eve" in text
    assert "were checked just now" in text
    raw = (await ann.client.get(PAGE)).text
    assert "<b>Bobby</b>" not in raw
    assert "→" in raw


async def test_an_empty_log_says_what_will_stand_there(ann: Person) -> None:
    assert "Nothing matches" in await ann.see(f"{PAGE}?actor=nobody")


async def test_filters_stand_in_the_address(ann: Person, db: Database) -> None:
    await rename(db, ann.tenant, EVE, "Bob", "Bobby")
    for query, shown in [
        ("?actor=%3Deve", True),
        ("?actor=adam", False),
        ("?action=mailboxes", True),
        ("?action=domains", False),
        ("?action=%00", True),
        ("?since=2020-01-01", True),
        ("?until=2020-01-01", False),
        ("?since=9999-12-31&until=x", False),
        ("?after=nonsense", True),
    ]:
        assert ("Changed a mailbox" in await ann.see(PAGE + query)) is shown, query


async def test_the_log_is_taken_away_as_a_file(ann: Person, db: Database) -> None:
    await rename(db, ann.tenant, EVE, "Bob", "Bobby")
    answer = await ann.client.get(f"{PAGE}?format=csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="audit-log.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert rows[-1]["actor"] == "'=eve"


async def test_others_do_not_see_it(make_person: MakePerson, make_tenant: MakeTenant) -> None:
    clerk = await make_person(await make_tenant(), role="support")
    await clerk.sign_in()
    assert (await clerk.client.get(PAGE)).status_code == 403


def test_every_act_has_words() -> None:
    recorded = {name for path in (ROOT / "platform").rglob("*.py") for name in _recorded(ast.parse(path.read_text()))}
    assert recorded
    assert recorded - ACTIONS.keys() == set(), "put it into words in web/audit_words.py"
    assert {name.partition(".")[0] for name in ACTIONS} == FEATURES.keys()


def _recorded(tree: ast.AST) -> list[str]:
    """List the actions that a module records by their names."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    named = [call.args[1] for call in calls if call.func.attr.startswith("record") and len(call.args) > 1]  # type: ignore[attr-defined]
    return [
        arg.value for arg in named if isinstance(arg, ast.Constant) and isinstance(arg.value, str) and "." in arg.value
    ]
