"""What parks refuses."""
