"""Rspamd twice: a small instance that signs what leaves, and local settings for the stock one that scans what comes."""

from importlib.resources import files

from tenant_agent.layout import Layout
from tenant_agent.projections.signing_keys import KEY_PREFIX
from tenant_agent.render import File, Tree

CHECKS = "X-Fleetpost-Checks"
"""The header in which the control plane reads what was found out about a mail that is handed up."""
_GROUP = "_rspamd"


def render_signer(layout: Layout, *, redis_password: str, hostname: str = "") -> Tree:
    """Give the signing instance: no filters but DKIM, no hyperscan, a short list of top-level domains; up in 0.1 s.

    What the agent itself writes in the host's name need not be signed.
    """
    return {
        "rspamd.conf": File(text=_signer_conf(layout, redis_password, hostname), mode=0o640, group=_GROUP),
        "sign.lua": File(text=_lua("sign")),
        "seal.lua": File(text=_lua("seal")),
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
        "local.d/arc.conf": File(text="sign_inbound = false;\n"),
        "local.d/milter_headers.conf": File(text=_MILTER_HEADERS),
        "local.d/actions.conf": File(text="reject = 15;\nadd_header = 6;\ngreylist = null;\n"),
        "local.d/antivirus.conf": File(text=_antivirus(layout)),
        "rspamd.local.lua": File(text=f"{_never_refused(layout)}\n{_lua('edge')}"),
        **{f"local.d/{module}.conf": File(text=_OFF) for module in _SWITCHED_OFF},
        **{f"override.d/{name}": File(text=text) for name, text in _OVERRIDES.items()},
    }


def _signer_conf(layout: Layout, redis_password: str, hostname: str) -> str:
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
fleetpost {{ key_prefix = "{KEY_PREFIX}"; hostname = "{hostname}"; seal = "$CURDIR/seal.lua"; }}
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


def _lua(name: str) -> str:
    return (files("tenant_agent.render") / f"{name}.lua").read_text()


def _never_refused(layout: Layout) -> str:
    return _lua("never_refused").replace("@DOMAINS@", str(layout.never_refused))


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


def _antivirus(layout: Layout) -> str:
    return f"""\
# Switched on by a roll-out of `antivirus.enabled`, once clamav-daemon is installed. While that one is away, mail is let
# in, and the symbol CLAM_VIRUS_FAIL says that nobody has looked for viruses.
enabled = false;
clamav {{
  type = "clamav";
  servers = "{layout.antivirus_socket}";
  symbol = "CLAM_VIRUS";
  action = "reject";
  message = "This mail carries malware (${{VIRUS}}) and is not taken";
  scan_mime_parts = false;
  max_size = 26214400;
  timeout = 10.0;
  retransmits = 1;
}}
"""


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


_OFF = "enabled = false;\n"

_SWITCHED_OFF = (
    "dkim_signing",  # what comes in is not signed
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

_MILTER_HEADERS = f"""\
use = ["x-spamd-result", "x-spam-level", "x-spam-status", "authentication-results", "checks"];
skip_local = false;
skip_authenticated = false;
extended_spam_headers = false;
custom {{
  checks = <<EOD
return function(task)
  local lines = {{ string.format('score=%.2f', task:get_metric_score()[1]) }}
  for _, symbol in ipairs(task:get_symbols_all()) do
    table.insert(lines, string.format('%s=%.2f', symbol.name, symbol.score))
  end
  return nil, {{ ['{CHECKS}'] = table.concat(lines, ';\\n\\t') }}, {{ ['{CHECKS}'] = 0 }}, {{}}
end
EOD;
}}
"""
