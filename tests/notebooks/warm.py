"""Kernels for the tests: forked from one process that has imported what notebooks do.

Each is a process of its own: no name, option, folder or random state passes from one
notebook to the next. What they share is modules already read. A place asks for a
kernel as Jupyter starts any: ``python ask.py <socket> <connection file>``.
"""

import ast
import gc
import json
import os
import socket
import sys
import threading
import warnings
from pathlib import Path
from typing import Any, NoReturn

import ipykernel.debugger  # noqa: F401 - each kernel asks for it, as for those below
import matplotlib_inline.backend_inline  # noqa: F401
import osmnx  # noqa: F401 - a notebook asks for it by its name
import pandas.io.formats.style  # noqa: F401
import pyarrow.dataset
import pyarrow.parquet  # noqa: F401
from ipykernel.kernelapp import IPKernelApp

import eitgeo
from eitgeo.frames import call_with_large_stack_chunk
from tests.notebooks.book import NAMES, read_book


def import_all() -> None:
    """Import as the notebooks do; a warning is an error, as it is in their kernels."""
    trees = [tree for name in NAMES for tree in read_book(name).trees]
    kinds = ast.Import | ast.ImportFrom
    body: list[ast.stmt]
    body = [node for tree in trees for node in tree.body if isinstance(node, kinds)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(compile(ast.Module(body, []), "notebooks", "exec"), {})  # noqa: S102
        for name in eitgeo.__all__:  # what `import eitgeo as eg` loads when asked
            getattr(eitgeo, name)


def become_kernel(asked: dict[str, Any], who: socket.socket) -> NoReturn:
    """Be the kernel that was asked for; end with it, or with who asked."""
    threading.Thread(target=end_with, args=(who,), daemon=True).start()
    os.environ.clear()
    os.environ.update(asked["env"])
    os.chdir(asked["cwd"])
    sys.argv[1:] = ["-f", asked["file"]]
    IPKernelApp.launch_instance()
    os._exit(0)


def end_with(who: socket.socket) -> None:
    """Stop when the other end is no more."""
    who.recv(1)
    os._exit(1)


def serve(place: Path) -> None:
    """Fork a kernel for each that asks, one at a time."""
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))
        door.listen()
        while True:
            who, _ = door.accept()
            asked = json.loads(who.makefile().readline())
            kernel = os.fork()
            if kernel == 0:
                become_kernel(asked, who)
            who.close()
            os.waitpid(kernel, 0)


if __name__ == "__main__":
    import_all()
    gc.freeze()  # no kernel goes through all this again, nor copies it
    # The one other thread is that of an allocator, which knows of forks.
    warnings.filterwarnings("ignore", message=".*fork", category=DeprecationWarning)
    call_with_large_stack_chunk(serve, Path(sys.argv[1]))
