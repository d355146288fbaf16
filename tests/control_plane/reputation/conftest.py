"""Addresses for tests, as those of pools have them."""

from tests.control_plane.ip_pools.conftest import add_ip, make_pool, node, post, put_into

__all__ = ["add_ip", "make_pool", "node", "post", "put_into"]
