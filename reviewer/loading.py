"""Loading many modules at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_off() -> Iterator[None]:
    """Without the garbage collector: what is loaded stays, so looking through it finds nothing.

    Measured in turns: 0.3 to 0.8 s of the 2.2 to 2.9 s that `serve` needs until it is ready, and
    0.2 s or more of the 1.4 s that the model's SDK needs.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def starting() -> Iterator[None]:
    """Beside that, what is loaded now is never looked through again.

    So a process that is forked afterwards shares it, rather than copy it by looking.
    """
    with collector_off():
        yield
        gc.freeze()
