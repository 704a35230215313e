"""Who is asking: organisations, people, roles, sign-in, API clients, engagements, consents, audit."""
