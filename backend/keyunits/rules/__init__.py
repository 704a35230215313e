"""Arithmetic and policy of key units: decimals in, decimals out, nothing read or written."""
