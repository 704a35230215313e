"""The library: what is shipped, what authorities enter and import, what is found and linked."""
