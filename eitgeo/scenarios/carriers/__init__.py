"""Who could carry, on what condition, with what money; the verdict and the plan."""
