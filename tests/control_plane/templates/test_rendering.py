"""Templates filled in for messages."""

import pytest

from control_plane.core import ids
from control_plane.core.clock import SystemClock
from control_plane.core.database import Database
from control_plane.core.errors import Invalid
from control_plane.core.tenancy import acting_for
from control_plane.templates import errors, service
from control_plane.templates.schemas import Data, NewTemplate, TemplateChange
from control_plane.templates.service.manage import MOST_TEMPLATES
from tests.conftest import Tenant

CLOCK = SystemClock()


async def made(db: Database, tenant: Tenant, **fields: object) -> str:
    new = NewTemplate(**({"name": "Receipt", "subject": "Hi {{ name }}", "html": "<p>{{ name }}</p>"} | fields))  # type: ignore[arg-type]
    with acting_for(tenant.id):
        return (await service.create(db, CLOCK, new)).id


async def rendered(db: Database, tenant: Tenant, template_id: str, data: Data) -> service.Rendered:
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            return await service.render(tx, template_id, data)


async def refused(db: Database, tenant: Tenant, template_id: str, data: Data) -> list[str]:
    with pytest.raises(Invalid) as caught:
        await rendered(db, tenant, template_id, data)
    return [error.path for error in caught.value.errors]


async def test_the_live_version_is_filled_in(db: Database, tenant: Tenant) -> None:
    template_id = await made(db, tenant)
    uuid = ids.decode("tpl", template_id)
    with acting_for(tenant.id):
        await service.change(db, CLOCK, uuid, TemplateChange(html="<b>{{ name }}</b>"))
    assert (await rendered(db, tenant, template_id, {"name": "<Ann>"})).html == "<p>&lt;Ann&gt;</p>"
    with acting_for(tenant.id):
        await service.publish(db, CLOCK, uuid, 2)
    found = await rendered(db, tenant, template_id, {"name": "<Ann>"})
    assert (found.subject, found.html, found.text) == ("Hi <Ann>", "<b>&lt;Ann&gt;</b>", None)


async def test_a_layout_that_is_published_counts_at_once(db: Database, tenant: Tenant) -> None:
    layout_id = await made(db, tenant, kind="layout", subject="", html="<i>{{ content }}</i>")
    template_id = await made(db, tenant, layout_id=layout_id)
    assert (await rendered(db, tenant, template_id, {"name": "A"})).html == "<i><p>A</p></i>"
    with acting_for(tenant.id):
        change = TemplateChange(html="<u>{{ content }}</u>", publish=True)
        await service.change(db, CLOCK, ids.decode("tpl", layout_id), change)
    assert (await rendered(db, tenant, template_id, {"name": "A"})).html == "<u><p>A</p></u>"


async def test_what_is_absent_is_left_empty_or_refused_as_the_template_says(db: Database, tenant: Tenant) -> None:
    lenient, strict = await made(db, tenant), await made(db, tenant, undefined="strict")
    found = await rendered(db, tenant, lenient, {})
    assert (found.subject, found.undefined) == ("Hi", ("name",))
    assert await refused(db, tenant, strict, {}) == ["template.data.name"]
    assert (await rendered(db, tenant, strict, {"name": "A"})).subject == "Hi A"


@pytest.mark.parametrize("template_id", ["", "nonsense", "tpl_x", "msg_00000000000000000000000000", "tpl_\0"])
async def test_what_is_no_template_is_said_at_its_id(db: Database, tenant: Tenant, template_id: str) -> None:
    assert await refused(db, tenant, template_id, {}) == ["template.id"]


async def test_neither_strangers_templates_nor_layouts_are_filled_in(
    db: Database, tenant: Tenant, stranger: Tenant
) -> None:
    theirs = await made(db, stranger)
    assert (await rendered(db, stranger, theirs, {})).html is not None
    assert await refused(db, tenant, theirs, {}) == ["template.id"]
    layout = await made(db, tenant, kind="layout", subject="", html="{{ content }}")
    assert await refused(db, tenant, layout, {}) == ["template.id"]


async def test_many_are_made_ready_at_once(db: Database, tenant: Tenant) -> None:
    first, second = await made(db, tenant), await made(db, tenant, subject="Bye {{ name }}")
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            ready = await service.prepare(tx, [first, second, "nonsense", first])
    assert isinstance(ready["nonsense"], Invalid)
    found = [each.render({"name": "A"}).subject for each in ready.values() if isinstance(each, service.Ready)]
    assert found == ["Hi A", "Bye A"]


async def test_data_that_brings_a_template_to_its_bounds_is_refused(db: Database, tenant: Tenant) -> None:
    template_id = await made(db, tenant, html="{% for i in (1..n) %}{{ i }}{% endfor %}")
    assert await refused(db, tenant, template_id, {"n": 10**12}) == ["template.id"]
    assert await refused(db, tenant, template_id, {"n": [[[]] * 6000] * 6000}) == ["template.data"]
    assert (await rendered(db, tenant, template_id, {"n": 3})).html == "123"


async def test_there_is_an_end_to_templates(db: Database, tenant: Tenant) -> None:
    await made(db, tenant)
    with acting_for(tenant.id):
        async with db.tenant_tx() as tx:
            await tx.connection.execute(
                """insert into templates (tenant_id, id, kind, name)
                   select $1, gen_random_uuid(), 'message', 'x' from generate_series(2, $2)""",
                tenant.id,
                MOST_TEMPLATES,
            )
    with pytest.raises(errors.TooManyTemplates):
        await made(db, tenant)
