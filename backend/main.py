"""The ASGI application of an API process: `granian --interface asgi backend.main:app`."""

from backend.api.app import create_app
from backend.kit.collecting import settle
from backend.kit.settings import settings

app = create_app(settings())

settle()
