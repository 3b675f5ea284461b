"""Official files brought in from the addresses of the register.

The only part of the package that reaches the network. A download that was cut goes on
where it stopped, a file takes its name only once it is whole, of the announced kind and
of the known digest, and ``fetched.csv`` beside the register says what came from where.
"""

from eitgeo.lazy import AT_ONCE, lend

if AT_ONCE:
    from eitgeo.sources.fetch._fetched import FETCHED_NAME, Fetched, read_fetched
    from eitgeo.sources.fetch._plan import (
        Outcome,
        Planned,
        State,
        inspect_files,
        planned_downloads,
    )
    from eitgeo.sources.fetch._record import record_digests
    from eitgeo.sources.fetch._register import (
        Download,
        RegisterRow,
        expand_rows,
        read_register,
        select_rows,
    )
    from eitgeo.sources.fetch._run import (
        FetchBusyError,
        Watch,
        announced_sizes,
        fetch_files,
        open_client,
    )

__all__ = [
    "FETCHED_NAME",
    "Download",
    "FetchBusyError",
    "Fetched",
    "Outcome",
    "Planned",
    "RegisterRow",
    "State",
    "Watch",
    "announced_sizes",
    "expand_rows",
    "fetch_files",
    "inspect_files",
    "open_client",
    "planned_downloads",
    "read_fetched",
    "read_register",
    "record_digests",
    "select_rows",
]

lend(__name__)
