"""What esg refuses."""
