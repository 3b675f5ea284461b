"""The record of a run: what it read and wrote, and what is public of it.

Each file rests on those above it:

- ``records``: What sidecars tell of a run: products, what each was made from, what is
  raw.
- ``crate``: The manifest of a run as RO-Crate 1.1: files, steps, parameters, versions.
- ``manifest_read``: Read a manifest that anybody may have written, and refuse one that
  is not sound.
- ``public_records``: What is published of the records of a run: nothing that tells what
  a table holds.
- ``manifest``: Write the manifests: what the run read, with what, what it wrote; what
  is public.
"""
