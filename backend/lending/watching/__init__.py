"""Watching for changes of borrowers' scores over an open line."""
