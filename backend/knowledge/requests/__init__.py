"""Requests for factors that are missing: asked by enterprises, answered by officers with a version of a parameter."""
