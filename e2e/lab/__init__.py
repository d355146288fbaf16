"""A small internet on one machine: control plane, fleet nodes, DNS and an outside world, each in a namespace."""
