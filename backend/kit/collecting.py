"""Memory of a process that has loaded everything and now works for long."""

import ctypes
import gc
from collections.abc import Generator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""Names of glibc's `mallopt`."""
_KEPT, _OWN_PAGES = 64 * 1024 * 1024, 32 * 1024 * 1024
"""Free memory a process keeps, and the size (the largest allowed) from which a piece gets pages of its own."""


@contextmanager
def loading() -> Generator[None]:
    """Search for no rubbish in the block, which only loads modules: what they make stays, and walking it doubles the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def settle() -> None:
    """Leave what is loaded out of every later search for rubbish, search less often, keep freed memory. Once, before the work.

    Schema, models and their types are some hundred thousand objects that live as long as the process. Walking them again
    and again took a quarter of an API process's time, and a third of a run of scores; frozen, they are walked no more, and
    new objects are as before. Nearly everything a request or a job makes goes with its last reference; what does not may
    wait a little.

    Texts of megabytes would be given back to the system and asked for again, page by page, with each request: a tenth of
    a bank's batch. Other C libraries than glibc decide for themselves.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    if option := getattr(ctypes.CDLL(None), "mallopt", None):
        option(_MMAP_THRESHOLD, _OWN_PAGES)
        option(_TRIM_THRESHOLD, _KEPT)
