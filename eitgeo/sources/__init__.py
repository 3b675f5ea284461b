"""Files in, tidy tables out: one module per official source, faults told at once."""
