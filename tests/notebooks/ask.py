"""Stand for a kernel that :mod:`tests.notebooks.warm` forks: end when it ends.

It starts with the bare interpreter, and so in no time: ``-IS``, no ``pathlib``.
"""

import json
import os
import socket
import sys

if __name__ == "__main__":
    with socket.socket(socket.AF_UNIX) as door:
        door.connect(sys.argv[1])
        place = os.getcwd()  # noqa: PTH109
        asked = {"file": sys.argv[2], "cwd": place, "env": dict(os.environ)}
        door.sendall(f"{json.dumps(asked)}\n".encode())
        door.recv(1)
