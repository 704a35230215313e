"""What projects refuses."""
