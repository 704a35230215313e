"""Words of ESG disclosure: standards, topics, data points, materiality, ratings."""

ACTIONS = (
    "esg:assure",
    "esg:disclose",
    "esg:publish",
    "esg:read",
    "esg:review",
    "esg:supervise",
)
"""The permissions of this noun: filling a disclosure, reviewing it, publishing it, a verifier's assurance statement,
and what an authority keeps (listed firms, service bodies, white papers)."""
