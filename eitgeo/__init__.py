"""Delimit, measure and compare candidate perimeters for industrial symbiosis."""

__version__ = "0.1.0"
