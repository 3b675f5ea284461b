"""Where waste may go today, and what the road to it costs."""
