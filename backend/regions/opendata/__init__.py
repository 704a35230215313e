"""Open data: a year's sums by division and sector for everybody, from which nobody's own figures can be worked out."""
