"""Ports for servers of tests: others of the same run look for some at the same time."""

import socket
from random import SystemRandom

_FIRST, _LAST = 12_000, 32_000
_TRIES = 1_000
_chance = SystemRandom()
_given: set[int] = set()


def free_port(host: str = "127.0.0.1") -> int:
    """Find a port that nobody listens on, below those that the system hands out."""
    for _ in range(_TRIES):
        port = _chance.randrange(_FIRST, _LAST)
        if port not in _given and _is_free(host, port):
            _given.add(port)
            return port
    raise RuntimeError("no port is free")


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tcp.bind((host, port))
            udp.bind((host, port))
        except OSError:
            return False
    return True
