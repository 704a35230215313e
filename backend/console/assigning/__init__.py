"""Verifiers proposed for accounts: workload, independence, deadlines."""
