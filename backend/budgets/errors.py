"""What budgets refuses."""
