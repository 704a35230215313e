"""What lending refuses."""
