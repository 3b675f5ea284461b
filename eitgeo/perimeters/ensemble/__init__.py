"""Core and fringe by vote, and contours that chance alone would draw."""
