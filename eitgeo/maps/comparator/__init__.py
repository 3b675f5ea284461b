"""The comparator: elected members compare and compose perimeters from one file."""
