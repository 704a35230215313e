"""The account statement (碳账户报告): an account's period in numbers that each say where they come from, issued and signed."""
