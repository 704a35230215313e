"""The GraphQL vocabulary shared by every schema: scalars, connections, node ids, command results."""
