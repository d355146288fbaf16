"""The parameters of Postfix, Dovecot and Rspamd that may be rolled out, and which values each takes.

Control plane and node ask the same list. Not on it is whatever runs a command, names a file, a host or a table, decides
who may send what where or whether it is signed, changes what is written to the log that the agent reads, lets mail be
lost, or takes TLS below 1.2.
"""

import re
from collections.abc import Mapping
from typing import Final, Literal

import msgspec

Daemon = Literal["postfix", "dovecot", "rspamd"]
DAEMONS: Final[tuple[Daemon, ...]] = ("postfix", "dovecot", "rspamd")

_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")
_SCORE = re.compile(r"(?P<whole>0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?")
_DURATION = re.compile(r"(?P<count>0|[1-9][0-9]{0,6})(?P<unit>[smhd])")
_SIZE = re.compile(r"(?P<count>[1-9][0-9]{0,5})(?P<unit>[kMG])")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_BYTES = {"k": 1024, "M": 1024**2, "G": 1024**3}


class Number(msgspec.Struct, frozen=True):
    """A whole number."""

    least: int
    most: int

    def fits(self, value: str) -> bool:
        """Whether the parameter takes it."""
        return _NUMBER.fullmatch(value) is not None and self.least <= int(value) <= self.most

    def __str__(self) -> str:
        return f"a whole number from {self.least} to {self.most}"


class Score(msgspec.Struct, frozen=True):
    """A number that may have decimals, as in `7.5`."""

    least: int
    most: int

    def fits(self, value: str) -> bool:
        """Whether the parameter takes it."""
        return _SCORE.fullmatch(value) is not None and self.least <= float(value) <= self.most

    def __str__(self) -> str:
        return f"a number from {self.least} to {self.most}"


class Duration(msgspec.Struct, frozen=True):
    """A time with its unit: what a daemon takes a bare number for differs from one parameter to the next."""

    least: str
    most: str

    def fits(self, value: str) -> bool:
        """Whether the parameter takes it."""
        found = _in(value, _DURATION, _SECONDS)
        return found is not None and _known(self.least, _DURATION, _SECONDS) <= found <= _known(
            self.most, _DURATION, _SECONDS
        )

    def __str__(self) -> str:
        return f"a time from {self.least} to {self.most}, as in 90s, 5m, 1h or 1d"


class Size(msgspec.Struct, frozen=True):
    """An amount of bytes with its unit."""

    least: str
    most: str

    def fits(self, value: str) -> bool:
        """Whether the parameter takes it."""
        found = _in(value, _SIZE, _BYTES)
        return found is not None and _known(self.least, _SIZE, _BYTES) <= found <= _known(self.most, _SIZE, _BYTES)

    def __str__(self) -> str:
        return f"a size from {self.least} to {self.most}, as in 512k, 16M or 1G"


class Choice(msgspec.Struct, frozen=True):
    """One of a few words."""

    words: tuple[str, ...]

    def fits(self, value: str) -> bool:
        """Whether the parameter takes it."""
        return value in self.words

    def __str__(self) -> str:
        return "one of " + ", ".join(self.words)


Values = Number | Score | Duration | Size | Choice

_SWITCH: Final = Choice(("yes", "no"))
_TLS: Final = Choice((">=TLSv1.2", ">=TLSv1.3"))
_CIPHERS: Final = Choice(("medium", "high"))
_TIMEOUT: Final = Duration("1s", "1h")

_POSTFIX: Final[Mapping[str, Values]] = {
    # How it talks to other servers
    "smtp_connect_timeout": Duration("1s", "5m"),
    "smtp_helo_timeout": _TIMEOUT,
    "smtp_starttls_timeout": _TIMEOUT,
    "smtp_mail_timeout": _TIMEOUT,
    "smtp_rcpt_timeout": _TIMEOUT,
    "smtp_data_init_timeout": _TIMEOUT,
    "smtp_data_xfer_timeout": _TIMEOUT,
    "smtp_data_done_timeout": _TIMEOUT,
    "smtp_rset_timeout": _TIMEOUT,
    "smtp_quit_timeout": _TIMEOUT,
    "smtp_mx_address_limit": Number(1, 50),
    "smtp_mx_session_limit": Number(1, 20),
    "smtp_address_preference": Choice(("any", "ipv4", "ipv6")),
    "smtp_balance_inet_protocols": _SWITCH,
    "smtp_skip_5xx_greeting": _SWITCH,
    "smtp_skip_quit_response": _SWITCH,
    "smtp_tls_protocols": _TLS,
    "smtp_tls_mandatory_protocols": _TLS,
    "smtp_tls_mandatory_ciphers": _CIPHERS,
    "smtp_connection_cache_time_limit": Duration("1s", "5m"),
    # The queue
    "queue_run_delay": Duration("30s", "1h"),
    "minimal_backoff_time": Duration("30s", "4h"),
    "maximal_backoff_time": Duration("5m", "12h"),
    "maximal_queue_lifetime": Duration("1d", "10d"),
    "bounce_queue_lifetime": Duration("1h", "5d"),
    "transport_retry_time": Duration("10s", "10m"),
    "qmgr_message_active_limit": Number(1000, 200_000),
    "qmgr_message_recipient_limit": Number(1000, 200_000),
    "initial_destination_concurrency": Number(1, 50),
    "default_process_limit": Number(20, 2000),
    "max_use": Number(10, 10_000),
    "max_idle": Duration("10s", "10m"),
    "in_flow_delay": Duration("0s", "10s"),
    # What comes in
    "message_size_limit": Number(36 * 1024**2, 150 * 1024**2),
    "header_size_limit": Number(32_768, 1_048_576),
    "hopcount_limit": Number(20, 100),
    "smtpd_timeout": Duration("10s", "10m"),
    "smtpd_recipient_limit": Number(100, 10_000),
    "smtpd_client_connection_count_limit": Number(1, 1000),
    "smtpd_client_connection_rate_limit": Number(1, 100_000),
    "smtpd_client_message_rate_limit": Number(0, 100_000),
    "smtpd_client_recipient_rate_limit": Number(0, 100_000),
    "smtpd_client_auth_rate_limit": Number(1, 10_000),
    "smtpd_client_new_tls_session_rate_limit": Number(0, 100_000),
    "smtpd_error_sleep_time": Duration("0s", "30s"),
    "smtpd_soft_error_limit": Number(1, 100),
    "smtpd_hard_error_limit": Number(1, 200),
    "smtpd_junk_command_limit": Number(10, 1000),
    "smtpd_tls_protocols": _TLS,
    "smtpd_tls_mandatory_protocols": _TLS,
    "smtpd_tls_mandatory_ciphers": _CIPHERS,
    "tls_preempt_cipherlist": _SWITCH,
    "milter_connect_timeout": Duration("1s", "5m"),
    "milter_command_timeout": Duration("1s", "5m"),
    "milter_content_timeout": Duration("5s", "10m"),
}

_DOVECOT: Final[Mapping[str, Values]] = {
    "auth_cache_size": Size("1M", "512M"),
    "auth_cache_ttl": Duration("0s", "1d"),
    "auth_failure_delay": Duration("0s", "15s"),
    "default_vsz_limit": Size("128M", "8G"),
    "imap_idle_notify_interval": Duration("30s", "29m"),
    "imap_max_line_length": Size("8k", "4M"),
    "lmtp_user_concurrency_limit": Number(0, 100),
    "mail_fsync": Choice(("optimized", "always")),
    "mail_max_keyword_length": Number(20, 500),
    "mail_max_userip_connections": Number(5, 1000),
    "mail_prefetch_count": Number(0, 100),
    "mailbox_idle_check_interval": Duration("5s", "10m"),
    "mailbox_list_index": _SWITCH,
    "maildir_very_dirty_syncs": _SWITCH,
    "pop3_no_flag_updates": _SWITCH,
    "ssl_min_protocol": Choice(("TLSv1.2", "TLSv1.3")),
    "ssl_prefer_server_ciphers": _SWITCH,
    "verbose_proctitle": _SWITCH,
}

_RSPAMD: Final[Mapping[str, Values]] = {
    "actions.add_header": Score(1, 100),
    "actions.reject": Score(5, 999),
    "antivirus.enabled": Choice(("true", "false")),
    "options.check_all_filters": Choice(("true", "false")),
    "options.disable_hyperscan": Choice(("true", "false")),
    "options.history_rows": Number(0, 10_000),
    "options.max_lua_urls": Number(64, 16_384),
    "options.max_message": Size("1M", "150M"),
    "options.max_recipients": Number(64, 16_384),
    "options.max_urls": Number(256, 65_536),
    "options.soft_reject_on_timeout": Choice(("true", "false")),
    "options.task_timeout": Duration("2s", "60s"),
}
"""Of the instance that scans what comes in; the word before the dot is the section, and its file below `local.d`."""

PARAMETERS: Final[Mapping[Daemon, Mapping[str, Values]]] = {
    "postfix": _POSTFIX,
    "dovecot": _DOVECOT,
    "rspamd": _RSPAMD,
}


def unfit(daemon: Daemon, name: str, value: str) -> str | None:
    """Say why a daemon is not given a parameter; None: it may be."""
    values = PARAMETERS[daemon].get(name)
    if values is None:
        return "This parameter is not on the list of those that can be rolled out."
    return None if values.fits(value) else f"Give {values}."


def _in(value: str, form: re.Pattern[str], units: Mapping[str, int]) -> int | None:
    found = form.fullmatch(value)
    return None if found is None else int(found["count"]) * units[found["unit"]]


def _known(value: str, form: re.Pattern[str], units: Mapping[str, int]) -> int:
    found = _in(value, form, units)
    assert found is not None
    return found
