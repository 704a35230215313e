"""Warnings with their responses, monthly quick reports, and estimates of carbon from electricity."""
