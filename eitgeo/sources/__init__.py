"""Files in, tidy tables out: one module per official source, faults told at once.

A reader raises SourceError where a file is absent, empty or unreadable, CrsError where
its coordinates are not those of its system or of France, SchemaError for columns and
rows that are faulty: all of them at once, each with its line and what to do
(``docs/fautes.md``).

Each file rests on those above it:

- ``files``: What readers share: bytes, lines, cells, shapes, archives; faults told in
  French.
- ``ground``: Ground, roads, relief and business zones.
- ``sites``: Establishments: SIRENE, anchors of the study, drawn ones, put together.
- ``survey``: Answers to the sign-up form, whatever file they come in.
- ``waste``: Who declares, treats and may take waste, and under what ceilings.
- ``activity``: Activity counted by registers, commune by commune.
- ``fetch``: Official files brought in from the addresses of the register.
- ``territory``: Communes, bodies and their members, from the files of INSEE, IGN and
  the State.
"""
