"""Green electricity certificates (绿证)."""
