"""What keyunits refuses."""
