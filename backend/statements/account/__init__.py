"""The account statement (账户对账单): an account's period in numbers that each say where they come from, issued and signed."""
