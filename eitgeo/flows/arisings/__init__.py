"""What sites throw away: ratios, draws, totals, and what firms declare of it."""
