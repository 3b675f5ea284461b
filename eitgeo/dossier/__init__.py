"""Documents to read and edit: content in, bytes of a file out."""
