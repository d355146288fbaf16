"""What a node tells of itself beyond counts: looked up now and then, beside the mail, and cheap."""
