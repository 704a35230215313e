"""How sectors lie: roll-ups the service keeps to itself, and what may be told of them."""
