"""Mail that the node takes in for the platform itself: received from Postfix, kept on disk, handed up."""
