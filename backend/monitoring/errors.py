"""What monitoring refuses."""
