"""Communes, bodies and their members, from the files of INSEE, IGN and the State."""
