"""Commands of eitgeo, each in a fork of one process that has imported what they do.

Usage: python -m tests.cli.warm SOCKET. :mod:`tests.cli.asking` stands for the Python of
each: what it is given, it asks of this process, and ends as the command ends.
"""

import json
import os
import socket
import sys
import traceback
import warnings
from typing import Any, NoReturn

from eitgeo.cli.app import app
from eitgeo.commands import layer_files, layer_tasks  # noqa: F401 - a command asks
from eitgeo.library import perimeters, roads, zones  # noqa: F401 - a task asks


def run(asked: dict[str, Any], streams: list[int]) -> NoReturn:
    """Be the command that was asked for: its folder, its variables, its streams."""
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["env"])
    for number, stream in enumerate(streams, start=1):
        os.dup2(stream, number)
    # Those of a program that starts: they look at what they are given.
    sys.stdout, sys.stderr = (open(n, "w", encoding="utf-8") for n in (1, 2))  # noqa: PTH123, SIM115
    code: Any = 1
    try:
        app(asked["words"])
    except SystemExit as end:
        code = end.code or 0
    except Exception:  # noqa: BLE001 - told, as a program that ends so does
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def serve(place: str) -> NoReturn:
    """Fork for each that asks, one at a time; say with which code it ended."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(place)
        door.listen()
        while True:
            who, _ = door.accept()
            told, streams, _, _ = socket.recv_fds(who, 1 << 20, 2)
            if (child := os.fork()) == 0:
                run(json.loads(told), streams)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            for stream in streams:
                os.close(stream)
            who.sendall(str(code).encode())
            who.close()


if __name__ == "__main__":
    warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
    serve(sys.argv[1])
