"""How new sending addresses get a good name: what each may send to whom, day by day."""
