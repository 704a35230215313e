"""Reference parameters: dated, versioned, with unit, region, document, source and confidence."""
