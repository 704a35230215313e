"""What knowledge refuses."""
