"""What is to be done from one set of certificates to another."""

from control_plane.front.certificates import collect
from control_plane.front.changes import difference
from tests.control_plane.front.pki import make


def test_each_certificate_is_added_replaced_removed_or_left_alone() -> None:
    same, old, new, gone, more = make("same.test"), make("b.test"), make("b.test"), make("gone.test"), make("more.test")
    changes = difference(collect([same, old, gone]).bundles, collect([same, new, more]).bundles)
    assert [bundle.hosts for bundle in changes.removed] == [("gone.test",)]
    assert [bundle.hosts for bundle in changes.replaced] == [("b.test",)]
    assert [bundle.hosts for bundle in changes.added] == [("more.test",)]


def test_nothing_is_done_when_nothing_has_changed() -> None:
    bundles = collect([make("a.test"), make("b.test")]).bundles
    assert not difference(bundles, dict(bundles))
