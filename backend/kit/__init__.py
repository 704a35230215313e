"""What every noun stands on: sessions and scope, errors, quantities, time, settings, outbox."""
