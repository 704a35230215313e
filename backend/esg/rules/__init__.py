"""Pure rules of esg."""
