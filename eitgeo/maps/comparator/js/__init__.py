"""Modules of the comparator's script; ``bundle`` joins them into one."""
