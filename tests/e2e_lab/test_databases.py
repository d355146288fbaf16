"""Servers of the operator's own are reached from the control plane's namespace."""

from e2e.lab.databases import doors, redirect
from e2e.lab.gate import End, Passage


def test_sockets_are_left_as_they_are() -> None:
    urls = {"DATABASE_URL": "postgresql://fleetpost_app@/fleetpost?host=/run/x", "REDIS_URL": "unix:///run/x.sock"}
    assert redirect(urls) == urls
    assert doors(urls, "/run/netns/x") == []


def test_a_server_on_the_network_gets_one_door_however_many_roles_log_in() -> None:
    urls = {
        "DATABASE_URL": "postgresql://app:s%40x@db.example:6432/mail?sslmode=require",
        "FLEETPOST_FLEET_DATABASE_URL": "postgresql://fleet@db.example:6432/mail",
        "REDIS_URL": "redis://localhost/1",
    }
    assert redirect(urls) == {
        "DATABASE_URL": "postgresql://app:s%40x@127.0.0.1:15000/mail?sslmode=require",
        "FLEETPOST_FLEET_DATABASE_URL": "postgresql://fleet@127.0.0.1:15000/mail",
        "REDIS_URL": "redis://127.0.0.1:15001/1",
    }
    assert doors(urls, "ns") == [
        Passage(End("127.0.0.1", 15000, "ns"), End("db.example", 6432)),
        Passage(End("127.0.0.1", 15001, "ns"), End("localhost", 6379)),
    ]
