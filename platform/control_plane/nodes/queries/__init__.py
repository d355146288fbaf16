"""The SQL of the fleet's nodes, a file for each thing that is kept of them."""
