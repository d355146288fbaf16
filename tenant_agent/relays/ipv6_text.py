"""Whether an IPv6 address is in a network, as a pattern over its text: the only form in which Postfix shows it.

The text is the canonical one (RFC 5952): no leading zeros, and the longest run of zeros written as `::`, which may lie
within the network's own groups, begin there, or come after them.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv6Network

_GROUPS, _GROUP_BITS, _NIBBLE_BITS = 8, 16, 4
_HEX = "[0-9a-f]"
_GROUP = f"{_HEX}{f'{_HEX}?' * 3}"
_SHORTEST_RUN = 2


def patterns(network: IPv6Network) -> list[str]:
    """Give POSIX patterns, of which one matches the text of an address exactly if it is in the network."""
    nibbles = -(-network.prefixlen // _NIBBLE_BITS)
    subnets = network.subnets(new_prefix=nibbles * _NIBBLE_BITS)
    return [pattern for subnet in subnets for pattern in _of_nibbles(subnet.network_address.exploded, nibbles)]


def _of_nibbles(exploded: str, nibbles: int) -> Iterator[str]:
    """Write a network that is given by the first nibbles of an address."""
    whole, rest = divmod(nibbles, _GROUP_BITS // _NIBBLE_BITS)
    groups = exploded.split(":")
    fixed = [int(group, 16) for group in groups[:whole]]
    if not rest:
        yield from _of_groups(fixed, "")
        return
    value, free = int(groups[whole][:rest], 16), _GROUP_BITS // _NIBBLE_BITS - rest
    if value:
        yield from _of_groups(fixed, f"{value:x}{_HEX * free}")
        return
    yield from _of_groups([*fixed, 0], "")
    yield from _of_groups(fixed, f"[1-9a-f]{f'{_HEX}?' * (free - 1)}")


def _of_groups(groups: Sequence[int], next_one: str) -> Iterator[str]:
    """Write the texts that begin with whole groups, each way in which zeros among them can be left out.

    `next_one` is a pattern for the group after them; empty: it is any.
    """
    followed = f":{next_one}(:|$)" if next_one else ":"
    yield (_joined(groups) + ("$" if len(groups) == _GROUPS else followed)).removeprefix(":")
    for start, stop in _runs(groups):
        head, left = f"{_joined(groups[:start])}::", _GROUPS - len(groups)
        if stop == len(groups) < _GROUPS and not next_one:
            yield f"{head}{_at_most(left)}$"
        elif stop - start >= _SHORTEST_RUN:
            rest = [next_one, *[_GROUP] * (left - 1)] if next_one else [_GROUP] * left
            yield head + ":".join([*(f"{group:x}" for group in groups[stop:]), *rest]) + "$"


def _runs(groups: Sequence[int]) -> Iterator[tuple[int, int]]:
    start = 0
    for place, group in enumerate([*groups, 1]):
        if group:
            if place > start:
                yield start, place
            start = place + 1


def _joined(groups: Sequence[int]) -> str:
    return ":".join(f"{group:x}" for group in groups)


def _at_most(count: int) -> str:
    """Match no more groups than so many."""
    pattern = ""
    for place in range(count):
        pattern = f"({':' if place < count - 1 else ''}{_GROUP}{pattern})?"
    return pattern
