"""Books that tests of the journal may break."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from factories.journal import Books, Sound, copied, sound_books


@pytest.fixture(scope="session")
async def sound(servers: Any) -> Sound:
    """A sound database with some life in it, to be copied."""
    return await sound_books(servers)


@pytest.fixture
async def books(sound: Sound) -> AsyncIterator[Books]:
    """A copy of the sound books, for this test to break."""
    async with copied(sound) as made:
        yield made
