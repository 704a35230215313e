"""Rubbish collection of a process that has loaded everything and now works for long."""

import gc


def settle() -> None:
    """Leave what is loaded out of every later search for rubbish, and search less often. Once, before the work begins.

    Schema, models and their types are some hundred thousand objects that live as long as the process. Walking them again
    and again took a quarter of an API process's time, and a third of a run of scores; frozen, they are walked no more, and
    new objects are as before. Nearly everything a request or a job makes goes with its last reference; what does not may
    wait a little.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
