"""Mail that nodes hand to the control plane: stored, then given to whoever its address belongs to."""
