"""Tests of the evaluation of whole record sets."""
