"""Zero-carbon parks and what stands beside them: indicators, evaluation, the workflow, programme targets."""
