"""Standards, policies, training material and requests for factors, searchable in Chinese and English."""
