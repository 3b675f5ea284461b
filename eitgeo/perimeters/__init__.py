"""Candidate perimeters: bodies, unions of EPCI, methods that vote, random contours."""
