"""The worker's door: arq functions, outbox relay, leases, schedule, progress."""
