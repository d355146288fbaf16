"""How changes are cut into frames."""

from control_plane.nodes.link.state import in_frames
from tenant_agent import wire


def change(key: str, size: int = 10) -> wire.Change:
    return wire.Change(kind="mailbox", key=key, tenant_id=None, payload=b"x" * size)


def test_changes_are_cut_by_size_and_all_frames_but_the_last_announce_more() -> None:
    changes = [change(str(number), 40) for number in range(5)]
    frames = list(in_frames(changes, 7, snapshot=True, more=False, most_bytes=100))
    assert [len(frame.changes) for frame in frames] == [2, 2, 1]
    assert [frame.more for frame in frames] == [True, True, False]
    assert {(frame.generation, frame.snapshot) for frame in frames} == {(7, True)}


def test_a_change_that_is_too_large_goes_by_itself() -> None:
    frames = list(
        in_frames([change("a"), change("b", 500), change("c")], 1, snapshot=False, more=False, most_bytes=100)
    )
    assert [[each.key for each in frame.changes] for frame in frames] == [["a"], ["b"], ["c"]]


def test_an_empty_snapshot_is_one_frame() -> None:
    [frame] = in_frames([], 3, snapshot=True, more=False)
    assert frame == wire.Changes(generation=3, changes=(), snapshot=True)


def test_a_page_with_others_behind_it_ends_with_more() -> None:
    [frame] = in_frames([change("a")], 3, snapshot=False, more=True)
    assert frame.more
