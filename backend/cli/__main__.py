"""`python -m backend.cli` is `carbon`."""

from backend.cli import main

main(prog_name="carbon")
