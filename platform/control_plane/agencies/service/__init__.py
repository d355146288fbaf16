"""Agencies as other features and the pages use them."""

from control_plane.agencies.service.brands import brand_for_host, brand_of, worn_brand
from control_plane.agencies.service.brands import find as own_brand

__all__ = ["brand_for_host", "brand_of", "own_brand", "worn_brand"]
