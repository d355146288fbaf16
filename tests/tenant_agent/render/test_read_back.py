"""Whatever reaches a configuration file is refused first, or read back by the daemon's own tool byte for byte."""

import base64
import json
import string
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tenant_agent import wire
from tenant_agent.files import replace_text
from tenant_agent.identifiers import Unfit
from tenant_agent.layout import Layout
from tenant_agent.project import check_node
from tenant_agent.render import Tree, dovecot, postfix, rspamd
from tenant_agent.transports import transport_of
from tests.tenant_agent.samples import node

pytestmark = pytest.mark.node

_TLS = {"certificate": "/etc/fleetpost/tls/cert.pem", "key": "/etc/fleetpost/tls/key.pem"}
_LABEL = st.one_of(
    st.text(alphabet=string.ascii_lowercase + string.digits + "-", min_size=1, max_size=63),
    st.text(alphabet=string.ascii_letters + "._-&=+%$:;/\\\"'{}<>|` \t\n\r\0*#@é", min_size=1, max_size=12),
)
_IP = st.one_of(
    st.ip_addresses().map(str),
    st.text(alphabet="0123456789abcdef:.%/[] \n$", max_size=20),
    st.text(min_size=1, max_size=20).map("fe80::1%{}".format),
)
_by_asking_daemons = settings(
    max_examples=6,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # each try asks a daemon: no shrinking
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def fit(of: wire.NodeItem) -> bool:
    try:
        check_node(of)
    except Unfit:
        return False
    return True


def fit_addresses(labels: list[str], addresses: list[str]) -> tuple[wire.SendingIp, ...]:
    """Make sending addresses of all labels and addresses that a node may have."""
    candidates = [
        wire.SendingIp(ip_id=f"ip_{number}", address=address, hostname=f"{label}.acme.test", pool_id="pool_t")
        for number, (label, address) in enumerate(zip(labels, addresses, strict=False))
    ]
    fit_ones = {ip.address: ip for ip in candidates if fit(node(ips=(ip,)))}
    return tuple(fit_ones.values())


def write(tree: Tree, directory: Path) -> Path:
    for path, file in tree.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        replace_text(directory / path, file.text, modified_at=0)  # Postfix's tools wait beside a new main.cf
    return directory


def output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@_by_asking_daemons
@given(labels=st.lists(_LABEL, min_size=30, max_size=40), addresses=st.lists(_IP, min_size=30, max_size=40))
def test_postfix_reads_every_name_and_address_of_a_node(
    tmp_path: Path, labels: list[str], addresses: list[str]
) -> None:
    ips = fit_addresses(labels, addresses)
    for label in labels[:3]:
        this = node(hostname=f"{label}.fleetpost.test", ips=ips)
        if not fit(this):
            continue
        config = str(
            write(
                postfix.render(this, Layout(), certificate=_TLS["certificate"], key=_TLS["key"]), tmp_path / "postfix"
            )
        )
        assert output_of("postconf", "-c", config, "-h", "myhostname") == f"{this.hostname}\n"
        read = set(output_of("postconf", "-c", config, "-P").splitlines())
        for ip in ips:
            service = f"{transport_of(ip.address)}/unix"
            parameter = "smtp_bind_address6" if ":" in ip.address else "smtp_bind_address"
            assert {f"{service}/smtp_helo_name = {ip.hostname}", f"{service}/{parameter} = {ip.address}"} <= read


@_by_asking_daemons
@given(labels=st.lists(_LABEL, min_size=3, max_size=6))
def test_dovecot_reads_every_name_of_a_node(tmp_path: Path, labels: list[str]) -> None:
    for this in filter(fit, (node(hostname=f"{label}.fleetpost.test") for label in labels)):
        config = write(dovecot.render(this, Layout(), **_TLS), tmp_path / "dovecot") / "dovecot.conf"
        assert output_of("doveconf", "-c", str(config), "-h", "hostname") == f"{this.hostname}\n"


@_by_asking_daemons
@given(secret=st.binary(min_size=32, max_size=32))
def test_rspamd_reads_the_password_of_redis(tmp_path: Path, secret: bytes) -> None:
    password = base64.urlsafe_b64encode(secret).rstrip(b"=").decode()  # as secrets.token_urlsafe writes it
    config = write(rspamd.render_signer(Layout(), redis_password=password), tmp_path / "signer") / "rspamd.conf"
    read = json.loads(output_of("rspamadm", "configdump", "-c", str(config), "-j", "redis"))
    assert read["password"] == password


@pytest.mark.parametrize(
    "address", ["fe80::1%eth0", "fe80::1%x }\n  -o { relayhost = evil.test", "::0001", "10.1.2.3 "]
)
def test_an_address_is_an_address_and_nothing_else(address: str) -> None:
    assert not fit(node(service_address=address))
