"""Real servers from Python wheels, used through `backend.kit.servers`."""
