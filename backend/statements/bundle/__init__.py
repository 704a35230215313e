"""The exported bundle: a statement with everything it was computed from, so that a stranger can compute it again."""
