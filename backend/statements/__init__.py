"""Documents the product signs: certificates of retirement."""
