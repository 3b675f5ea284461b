"""What readers share: bytes, lines, cells, shapes, archives; faults told in French."""
