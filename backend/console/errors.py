"""What console refuses."""
