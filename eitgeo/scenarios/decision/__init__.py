"""Orders, variants and differences between perimeters."""
