"""The ASGI application of an API process: `granian --interface asgi backend.main:app`."""

import gc

from backend.api.app import create_app
from backend.kit.settings import settings

app = create_app(settings())

# The schema and its types are some hundred thousand objects that live as long as the process. Walking them again and
# again took a quarter of the processor's time; frozen, they are walked no more, and new objects are as before.
gc.collect()
gc.freeze()
# Nearly everything a request makes goes with its last reference; what does not may wait for some more requests.
gc.set_threshold(20_000, 20, 20)
