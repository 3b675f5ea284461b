"""A sheet of paper: its frame, ground, labels, colours, and what it says of itself."""
