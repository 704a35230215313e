"""What a division's emissions are set in relation to: output, industrial value added, people."""
