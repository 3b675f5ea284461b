"""The study file: one strict YAML per study, checked before anything runs.

An unknown key is refused with the nearest valid one. Paths are relative to the
folder of the file. Membership, perimeters, seats and weights live here or in the
tables that it names, never in code.
"""
