"""Investment projects: energy review and carbon assessment, approval, lapse, acceptance, replacement."""
