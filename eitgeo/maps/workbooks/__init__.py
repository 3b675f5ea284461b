"""Workbooks: one writer, a sheet is its columns and its rows."""
