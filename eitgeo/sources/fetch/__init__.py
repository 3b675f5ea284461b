"""Official files brought in from the addresses of the register.

The only part of the package that reaches the network. A download that was cut goes on
where it stopped, a file takes its name only once it is whole, of the announced kind and
of the known digest, and ``fetched.csv`` beside the register says what came from where.

Each file rests on those above it:

- ``content``: What a file is, by its first and last bytes, whatever the server calls
  it.
- ``fetched``: The account of what was fetched: ``fetched.csv``, beside the register.
- ``part``: A file on its way: its bytes so far, and what allows to go on with them.
- ``patience``: How long a server is waited for: no timeout of a socket bounds one that
  drips.
- ``http``: One polite request: who asks, redirections one by one, what an answer means.
- ``register``: The register of the files: what each row asks for, and where it may be
  put.
- ``overpass_answers``: What an Overpass server answers, looked at before osmnx keeps or
  believes it.
- ``plan``: Which files are there, whole and untouched, and which are to be brought in.
- ``record``: Digests found, written into the register when the user asks for it.
- ``size``: The size of files, asked without the files.
- ``transfer``: One file, brought in whole: tries, resumption, and what it must be at
  its end.
- ``overpass``: Roads asked of an Overpass server, through osmnx: a graph, saved as
  GraphML.
- ``run``: All the files asked for, one after the other; a fault of one stops none.
"""
