"""What a candidate perimeter is, what it must keep to, and its certificate."""
