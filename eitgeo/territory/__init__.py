"""Communes, bodies and borders: who is where, who belongs to what, who touches whom."""
