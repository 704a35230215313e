"""The network's door: Litestar application, GraphQL endpoint, REST where a standard asks for it."""
