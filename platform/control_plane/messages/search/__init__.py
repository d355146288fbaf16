"""Find messages: what each can be found by, and how what somebody asks for is read."""
