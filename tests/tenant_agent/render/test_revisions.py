"""Which renderer makes the files."""

from pathlib import Path

import pytest

from tenant_agent import wire
from tenant_agent.design import Design
from tenant_agent.layout import Layout
from tenant_agent.render import File, Place, Tree, first
from tenant_agent.render.revisions import RendererFailed, Renderers, installed
from tests.tenant_agent.samples import node

PLACE = Place(layout=Layout(), certificate="/c.pem", key="/k.pem", redis_password="p")


def design(renderer: int, **parameters: str) -> Design:
    return Design(node=node(), daemons=wire.DaemonsItem(release="r", renderer=renderer, postfix=parameters))


def second(service: str, of: Design, place: Place) -> Tree | None:
    return {"main.cf": File(text=f"# of {of.node.name}\n")} if service == "postfix" else None


def test_the_agents_own_is_used_until_another_is_asked_for() -> None:
    renderers = Renderers({2: second})
    assert renderers.revisions == (1, 2)
    for asked in (0, 1):
        assert renderers.render("postfix", design(asked), PLACE) == first.render("postfix", design(asked), PLACE)
    assert renderers.render("postfix", design(2), PLACE) == {"main.cf": File(text="# of n1\n")}
    assert renderers.render("dovecot", design(2), PLACE) is None


def test_parameters_are_put_into_the_files_of_every_revision() -> None:
    tree = Renderers({2: second}).render("postfix", design(2, in_flow_delay="1s"), PLACE)
    assert tree is not None
    assert tree["main.cf"].text.endswith("in_flow_delay = 1s\n")


def test_nothing_takes_the_place_of_the_agents_own() -> None:
    assert Renderers({1: second}).render("dovecot", design(1), PLACE) is not None


def broken(service: str, of: Design, place: Place) -> Tree | None:
    raise KeyError(service)


def senseless(service: str, of: Design, place: Place) -> Tree | None:
    return {"main.cf": "not a file"}  # type: ignore[dict-item]


@pytest.mark.parametrize("renderer", [broken, senseless])
def test_one_with_a_bug_says_so_in_one_sentence(renderer: object) -> None:
    with pytest.raises(RendererFailed, match="revision 2 of the renderer failed: "):
        Renderers({2: renderer}).render("postfix", design(2), PLACE)  # type: ignore[dict-item]


def install(directory: Path, lines: str) -> None:
    (directory / "fresh_renderer.py").write_text("def render(service, design, place):\n    return None\n")
    package = directory / "fresh_renderer-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: fresh_renderer\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(f"[fleetpost.renderers]\n{lines}")


def test_a_package_brings_further_revisions_and_what_cannot_be_used_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(
        tmp_path,
        "7 = fresh_renderer:render\n8 = fresh_renderer:missing\nnewest = fresh_renderer:render\n"
        "1 = fresh_renderer:render\n-2 = fresh_renderer:render\n9 = no_such_module:render\n",
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert set(installed().revisions) - set(Renderers().revisions) == {7}
    assert installed().render("postfix", design(7), PLACE) is None
