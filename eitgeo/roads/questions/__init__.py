"""What a study asks of its roads once distances are known."""
