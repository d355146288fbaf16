"""Rspamd twice: a small instance that signs what leaves, and local settings for the stock one that scans what comes."""

from importlib.resources import files

from tenant_agent.layout import Layout
from tenant_agent.projections.signing_keys import KEY_PREFIX
from tenant_agent.render import File, Tree

_GROUP = "_rspamd"


def render_signer(layout: Layout, *, redis_password: str) -> Tree:
    """Give the signing instance: no filters but DKIM, no hyperscan, a short list of top-level domains; up in 0.1 s."""
    return {
        "rspamd.conf": File(text=_signer_conf(layout, redis_password), mode=0o640, group=_GROUP),
        "sign.lua": File(text=_signer_lua()),
        "tld.dat": File(text="com\nnet\norg\n"),
        "plugins/README": File(text="The signing instance has no plugins.\n"),
        "languages/README": File(text="The signing instance detects no languages.\n"),
    }


def render_scanner(layout: Layout, *, redis_password: str) -> Tree:
    """Give what differs from the stock configuration; nothing in it fetches from the internet."""
    return {
        "local.d/redis.conf": File(text=_redis(layout, redis_password), mode=0o640, group=_GROUP),
        "local.d/worker-proxy.inc": File(text=_scanner_proxy(layout)),
        "local.d/worker-normal.inc": File(text="enabled = false;\n"),
        "local.d/worker-controller.inc": File(text=_controller(layout.ports.scanner_controller)),
        "local.d/logging.inc": File(text='type = "console";\nlevel = "notice";\n'),
        "local.d/milter_headers.conf": File(text=_MILTER_HEADERS),
        "local.d/actions.conf": File(text="reject = 15;\nadd_header = 6;\ngreylist = null;\n"),
        "rspamd.local.lua": File(text=_never_refused(layout)),
        **{f"local.d/{module}.conf": File(text=_OFF) for module in _SWITCHED_OFF},
        **{f"override.d/{name}": File(text=text) for name, text in _OVERRIDES.items()},
    }


def _signer_conf(layout: Layout, redis_password: str) -> str:
    ports, state = layout.ports, layout.signer_state
    return f"""\
# Written by the Fleetpost agent; changes made here are lost.
options {{
  filters = "dkim";
  pidfile = "{state}/rspamd.pid";
  control_socket = "{state}/control.sock mode=0600";
  cache_file = "{state}/symbols.cache";
  url_tld = "$CURDIR/tld.dat";
  disable_hyperscan = true;
  # A helper still starts, and throws away what it does not know: never the other instance's cache.
  hs_cache_dir = "{state}/";
  task_timeout = 8s;
  soft_reject_on_timeout = true;
}}
logging {{ type = "console"; level = "notice"; }}
lang_detection {{ languages = "$CURDIR/languages"; }}
modules {{ path = "$CURDIR/plugins"; }}
actions {{ reject = 999; }}
redis {{
{_indented(_redis(layout, redis_password))}
}}
fleetpost {{ key_prefix = "{KEY_PREFIX}"; }}
lua = "$CURDIR/sign.lua";
worker "rspamd_proxy" {{
  bind_socket = "127.0.0.1:{ports.signer}";
  milter = yes;
  timeout = 120s;
  count = 1;
  upstream "local" {{ default = yes; self_scan = yes; }}
}}
worker "controller" {{
{_indented(_controller(ports.signer_controller))}
}}
"""


def _signer_lua() -> str:
    return (files("tenant_agent.render") / "sign.lua").read_text()


def _never_refused(layout: Layout) -> str:
    text = (files("tenant_agent.render") / "never_refused.lua").read_text()
    return text.replace("@DOMAINS@", str(layout.never_refused))


def _scanner_proxy(layout: Layout) -> str:
    return f"""\
bind_socket = "127.0.0.1:{layout.ports.scanner}";
milter = yes;
timeout = 120s;
count = 1;
upstream "local" {{ default = yes; self_scan = yes; }}
"""


def _controller(port: int) -> str:
    return f'bind_socket = "127.0.0.1:{port}";\ncount = 1;\nsecure_ip = "127.0.0.1";'


def _redis(layout: Layout, password: str) -> str:
    return f'servers = "{layout.redis_socket}";\npassword = "{password}";\ntimeout = 2s;'


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


_OFF = "enabled = false;\n"

_SWITCHED_OFF = (
    "dkim_signing",  # what comes in is not signed
    "arc",
    "fuzzy_check",  # asks a service on the internet
    "greylist",  # until tenants can choose
    "mid",  # its list is fetched from the internet, like those of the next ones
    "multimap",
    "neural",
    "phishing",
    "rspamd_update",
    "whitelist",
)

_OVERRIDES = {
    # Senders in private networks are checked like all others. The stock list has those networks, and a local setting
    # could only lengthen it.
    "options.inc": 'local_addrs = ["127.0.0.0/8", "::1"];\n',
    "rbl.conf": 'url_whitelist = "$CONFDIR/maps.d/surbl-whitelist.inc";\n',
    "mime_types.conf": 'file = "$CONFDIR/maps.d/mime_types.inc";\n',
}

_MILTER_HEADERS = """\
use = ["x-spamd-result", "x-spam-level", "x-spam-status", "authentication-results"];
skip_local = false;
skip_authenticated = false;
extended_spam_headers = false;
"""
