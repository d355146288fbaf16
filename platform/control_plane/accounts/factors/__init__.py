"""What people prove with who they are, beside a password: codes of an app, passkeys, recovery codes."""
