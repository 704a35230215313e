"""Commands of quota compliance, one verb a file."""
