"""Room for the frames of calls, which CPython else asks of the system again and again.

It keeps frames in chunks of 16 KB, and gives the last one back as soon as the call that
opened it returns: where a loop stands at the end of a chunk, each of its calls costs
several microseconds of system time, ten times what it does. Issue gh-142183 of CPython;
its releases of 2026 keep one chunk more (3.13 too), that of Debian 13 does not.
"""

from collections.abc import Callable
from types import FunctionType

_WORDS = 2**17 + 1
"""Of a frame that fits no chunk of 1 MB: it opens one of 2 MB, whose rest is free. What
is not used of it takes no memory."""


def _call[**Given, Result](
    function: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> Result:
    return function(*given, **named)


_large = FunctionType(_call.__code__.replace(co_stacksize=_WORDS), globals())


def call_with_large_stack_chunk[**Given, Result](
    function: Callable[Given, Result], *given: Given.args, **named: Given.kwargs
) -> Result:
    """Call a function; what it calls in turn finds room enough in one chunk."""
    result: Result = _large(function, *given, **named)
    return result
