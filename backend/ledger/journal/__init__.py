"""The journal: every movement linked into one chain of hashes, sealed by signed checkpoints, proved and watched.

`entries` is what is hashed, `merkle` and `signing` are the arithmetic (pure), `checkpoints` seals, `proofs` takes one
entry out for a stranger, `verifying` recomputes everything, `invariants` are the truths that must stand at any moment
(`service.checking` runs them).
"""
