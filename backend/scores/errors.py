"""What scores refuses."""
