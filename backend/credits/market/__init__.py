"""The green certificate service: requests and offers."""
