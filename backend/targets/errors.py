"""What targets refuses."""
