"""Fleetpost's node agent: drives stock Postfix, Dovecot and Rspamd and reports what became of each mail."""
