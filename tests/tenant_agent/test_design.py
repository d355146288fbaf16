"""What is rolled out, looked at once more by the node that is to have it."""

import pytest

from tenant_agent import wire
from tenant_agent.design import Design, changed_release, check_daemons
from tenant_agent.identifiers import Unfit
from tests.tenant_agent.samples import node

GOOD = wire.DaemonsItem(
    release="rol_1",
    renderer=2,
    postfix={"smtp_helo_timeout": "60s"},
    dovecot={"mail_prefetch_count": "5"},
    rspamd={"actions.reject": "20"},
    probe=wire.Probe(number=1, recipient="Probe+n1@else.test"),
)


def test_what_is_on_the_list_is_taken() -> None:
    check_daemons(GOOD, (1, 2))


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (wire.DaemonsItem(release="r", renderer=3), "no renderer 3, only 1, 2"),
        (wire.DaemonsItem(release="r", renderer=-1), "no renderer -1"),
        (wire.DaemonsItem(release="r", postfix={"smtpd_milters": ""}), "not on the list"),
        (wire.DaemonsItem(release="r", postfix={"smtp_helo_timeout": "60s\nmynetworks = 0.0.0.0/0"}), "60s"),
        (wire.DaemonsItem(release="r", dovecot={"mail_prefetch_count": "5\n}"}), "mail_prefetch_count"),
        (wire.DaemonsItem(release="r", rspamd={"options.local_addrs": "1"}), "not on the list"),
        (wire.DaemonsItem(release="r", probe=wire.Probe(number=1, recipient="a@b>\r\nRCPT TO:<x@y")), "the probe"),
    ],
)
def test_what_is_not_is_refused(item: wire.DaemonsItem, reason: str) -> None:
    with pytest.raises(Unfit, match=reason):
        check_daemons(item, (1, 2))


@pytest.mark.parametrize(
    ("before", "release"),
    [
        (("rol_0", "v1"), "rol_1"),
        (("rol_1", "v0"), "v1"),
        (("rol_0", "v0"), "rol_1"),  # both: the daemons' says more
        (("rol_1", "v1"), ""),
    ],
)
def test_a_design_came_with_the_release_that_is_new(before: tuple[str, str], release: str) -> None:
    shaping = wire.ShapingItem(release="v1", classes=())
    assert changed_release(Design(node=node(), shaping=shaping, daemons=GOOD), before) == release
