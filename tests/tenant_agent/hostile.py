"""Values of the wire's types as an enemy would choose them: well-formed, and as far off as the type allows."""

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

HUGE = 2**63
TEXTS = st.one_of(
    st.sampled_from(
        ["", "\0", "a\0b", "\n", "x" * 5000, "../../etc/passwd", "%s%n", "\u202e", "\ufeff", "ten_", "self"]
    ),
    st.sampled_from(["acme.test", "ann@acme.test", "ten_1", "active", "1" * 400]),
    st.text(max_size=20),
)
NUMBERS = st.one_of(st.sampled_from([0, -1, 1, -HUGE, HUGE - 1, HUGE, 2 * HUGE - 1]), st.integers(-HUGE, HUGE))
FLOATS = st.sampled_from([0.0, -1.0, 1e308, float("nan"), float("inf"), float("-inf")])


def hostile(kind: object) -> st.SearchStrategy[object]:
    """Make values of a type."""
    return _of(inspect.type_info(kind))


def _of(info: inspect.Type) -> st.SearchStrategy[object]:
    match info:
        case inspect.StrType():
            return TEXTS
        case inspect.BoolType():
            return st.booleans()
        case inspect.IntType():
            return NUMBERS
        case inspect.FloatType():
            return FLOATS
        case inspect.BytesType():
            return st.binary(max_size=64)
        case inspect.NoneType():
            return st.none()
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.UnionType():
            return st.one_of(*map(_of, info.types))
        case inspect.VarTupleType():
            return st.lists(_of(info.item_type), max_size=3).map(tuple)
        case inspect.TupleType():
            return st.tuples(*map(_of, info.item_types))
        case inspect.DictType():
            return st.dictionaries(_of(info.key_type), _of(info.value_type), max_size=3)
        case inspect.StructType():
            return st.builds(info.cls, **{field.name: _of(field.type) for field in info.fields})
        case _:
            return st.binary(max_size=64).map(msgspec.msgpack.encode).map(msgspec.Raw)


def broken(data: bytes, cut: int, place: int, value: int) -> bytes:
    """Change one byte and cut the end off."""
    changed = bytearray(data[: len(data) - cut % len(data)])
    changed[place % len(changed)] = value
    return bytes(changed)
