"""Stand for the Python of a command that :mod:`tests.cli.warm` forks.

Usage: python -IS asking.py SOCKET -m eitgeo WORDS. It starts with the bare interpreter.
"""

import json
import os
import socket
import sys

if __name__ == "__main__":
    place, module, name, *words = sys.argv[1:]
    assert (module, name) == ("-m", "eitgeo"), sys.argv
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(place)
        asked = {"cwd": os.getcwd(), "env": dict(os.environ), "words": words}  # noqa: PTH109
        socket.send_fds(door, [json.dumps(asked).encode()], [1, 2])
        sys.exit(int(door.recv(9) or 1))
