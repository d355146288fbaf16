"""What is kept of assembled templates."""

from control_plane.core.ids import new_uuid
from control_plane.templates.assembly import Assembled, Content
from control_plane.templates.cache import AssemblyCache, Entry, Key, size_of


def entry() -> Entry:
    return Entry(Assembled(Content(text="x")))


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache, keys = AssemblyCache(most_characters=20), [Key(new_uuid(), 1) for _ in range(3)]
    for key in keys[:2]:
        cache.put(key, entry(), 10)
    assert cache.get(keys[0])
    cache.put(keys[2], entry(), 10)
    assert [cache.get(key) is not None for key in keys] == [True, False, True]


def test_what_is_kept_anew_counts_once() -> None:
    cache, key, other = AssemblyCache(most_characters=20), Key(new_uuid(), 1), Key(new_uuid(), 1)
    for _ in range(5):
        cache.put(key, entry(), 10)
    cache.put(other, entry(), 10)
    assert cache.get(key)
    assert cache.get(other)


def test_one_that_is_larger_than_all_room_is_kept_alone() -> None:
    cache, key = AssemblyCache(most_characters=5), Key(new_uuid(), 1)
    cache.put(key, entry(), 100)
    assert cache.get(key)


def test_all_parts_count() -> None:
    assert size_of(Content(subject="a", html="bb", text="ccc", mjml=None)) == 6
    assert size_of(None) == 0
