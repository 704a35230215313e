"""Neutrality of events (大型活动碳中和): a footprint line by line, units retired for exactly it, never twice."""
