"""Quota compliance (配额履约): what an enterprise is allocated, what it owes, and how it settles."""
