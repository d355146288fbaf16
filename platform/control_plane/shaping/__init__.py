"""What other providers take from us, and what their replies lead to: provider classes and rules."""
