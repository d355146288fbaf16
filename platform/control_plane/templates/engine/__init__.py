"""Customers' Liquid, parsed and rendered within bounds: nothing that they write can hold a process up."""

from control_plane.templates.engine.bounds import DEEPEST, Meter, TooMuch, depth_of, weigh
from control_plane.templates.engine.environment import HTML, TEXT
from control_plane.templates.engine.filters import SAFE
from control_plane.templates.engine.piece import Piece

__all__ = ["DEEPEST", "HTML", "SAFE", "TEXT", "Meter", "Piece", "TooMuch", "depth_of", "weigh"]
