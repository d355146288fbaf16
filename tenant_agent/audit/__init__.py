"""Finds what somebody changed on the node by hand, so that it is put right and told; see `watch` for how often."""
