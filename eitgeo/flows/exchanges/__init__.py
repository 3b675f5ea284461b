"""What one firm could give to another: needs, links, one optimum, what it moves."""
