"""Score models as versioned data: what a model says, the shipped ones, drafts, approval, activation."""
