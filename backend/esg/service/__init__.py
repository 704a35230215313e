"""What ESG does; the names below are what the rest of the house may use."""
