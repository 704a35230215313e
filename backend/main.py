"""The ASGI application of an API process: `granian --interface asgi backend.main:app`."""

from backend.kit.collecting import loading, settle
from backend.kit.settings import settings

with loading():
    from backend.api.app import create_app

app = create_app(settings())

settle()
