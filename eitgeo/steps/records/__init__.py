"""The record of a run: what it read and wrote, and what is public of it.

Each file rests on those above it:

- ``records``: What sidecars tell of a run: products, what each was made from, what is
  raw.
- ``crate``: The manifest of a run as RO-Crate 1.1: written, read, refused where
  unsound.
- ``manifest``: Write the manifests: what the run read, with what, what it wrote; what
  is public.
"""
