"""A real Postfix outside that forwards its people's mail to where nobody knows them: it writes the notifications."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.lab.commands import wait_until
from e2e.lab.lab import Lab
from e2e.lab.plan import FORWARDER_ADDRESS, FORWARDER_DOMAIN, FORWARDER_MX, OUTSIDE_DOMAIN

_START_SECONDS = 20.0
_CONFIGURATION = "conf"
_STOCK = ("postfix-files", "postfix-script", "post-install", "dynamicmaps.cf")

_MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = {root}/mail.log
maillog_file_prefixes = {root}
myhostname = {hostname}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = {address}
inet_protocols = ipv4
smtp_bind_address = {address}
smtp_host_lookup = dns
smtpd_relay_restrictions = reject_unauth_destination
virtual_alias_domains = {domain}
virtual_alias_maps = regexp:{root}/conf/forwards
"""

_FORWARDS = "/^(.+)@{domain}$/ unknown+$1@{there}\n"

_MASTER_CF = """\
{address}:25 inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@contextmanager
def forwarder(lab: Lab) -> Iterator[None]:
    """Run it; what it kept is gone afterwards."""
    root = Path(tempfile.mkdtemp(prefix="fp-forwarder-", dir="/var/tmp"))
    root.chmod(0o755)
    _lay_out(root)
    starting = ["sh", "-c", f"postfix -c {root}/{_CONFIGURATION} start-fg & wait"]
    apart = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *starting]
    process = subprocess.Popen(lab.inside.host("outside", apart))
    try:
        wait_until(lambda: _listens(lab), f"the forwarder listens (see {root}/mail.log)", seconds=_START_SECONDS)
        yield
    finally:
        process.kill()
        process.wait()
        shutil.rmtree(root)


def _lay_out(root: Path) -> None:
    configuration = root / _CONFIGURATION
    for directory in (configuration, root / "queue", root / "data"):
        directory.mkdir()
    shutil.chown(root / "data", "postfix")
    for name in _STOCK:
        shutil.copy2(f"/etc/postfix/{name}", configuration)
    names = {"root": root, "hostname": FORWARDER_MX, "address": FORWARDER_ADDRESS, "domain": FORWARDER_DOMAIN}
    (configuration / "main.cf").write_text(_MAIN_CF.format(**names))
    (configuration / "master.cf").write_text(_MASTER_CF.format(**names))
    (configuration / "forwards").write_text(_FORWARDS.format(there=OUTSIDE_DOMAIN, **names))


def _listens(lab: Lab) -> bool:
    probe = ["bash", "-c", f"exec 3<>/dev/tcp/{FORWARDER_ADDRESS}/25"]
    return subprocess.run(lab.inside.network("outside", probe), check=False, stderr=subprocess.DEVNULL).returncode == 0
