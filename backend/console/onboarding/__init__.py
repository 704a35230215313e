"""Applications to join, from a public form to an invitation."""
