"""What operators and agencies offer to those below them: limits at a price."""
