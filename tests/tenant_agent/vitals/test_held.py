"""The certificates that a node holds."""

import datetime as dt
from pathlib import Path

from tenant_agent import wire
from tenant_agent.state import State
from tenant_agent.vitals import held
from tests.tenant_agent.certificate_samples import NOW, chain_for, pem_of, some_key

NOW_MS = round(NOW.timestamp() * 1000)


def change(name: str, days: int) -> wire.Change:
    item = wire.CertificateItem(
        names=(name,), chain=chain_for(name, ends=dt.timedelta(days=days, hours=1)), private_key=pem_of(some_key())
    )
    return wire.Change(kind="certificate", key=name, tenant_id=None, payload=wire.encode(item))


def test_they_are_counted_and_the_one_that_ends_first_is_told(tmp_path: Path) -> None:
    state = State(tmp_path / "state.db")
    broken = wire.Change(kind="certificate", key="c.test", tenant_id=None, payload=b"\x00")
    state.store(1, [change("a.test", 80), change("b.test", 12), broken])
    assert held.certificates(tmp_path / "state.db", NOW_MS) == {"held": 2, "days_left": 12}


def test_without_any_there_is_no_end(tmp_path: Path) -> None:
    State(tmp_path / "state.db").close()
    assert held.certificates(tmp_path / "state.db", NOW_MS) == {"held": 0}
