"""The command line; what it says is in French."""
