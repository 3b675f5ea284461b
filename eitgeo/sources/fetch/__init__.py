"""Official files brought in from the addresses of the register.

The only part of the package that reaches the network. A download that was cut goes on
where it stopped, a file takes its name only once it is whole, of the announced kind and
of the known digest, and ``fetched.csv`` beside the register says what came from where.

Each file rests on those above it:

- ``content``: What a file is, by its first and last bytes, whatever the server calls
  it.
- ``register``: The register of the files: what each row asks for, and where it may be
  put.
- ``plan``: Which files are there, whole, in part or changed; the account of what was
  fetched.
- ``http``: One file brought in whole over HTTP: tries, resumption, what it must be at
  its end.
- ``overpass``: Roads asked of an Overpass server, through osmnx: a graph, saved as
  GraphML.
- ``run``: All the files asked for, one after the other; a fault of one stops none.
"""
