"""What professionals throw away, and which exchanges the road makes possible."""
