"""The city's work on one screen: budget, warnings, verification, applications, projects, parks."""
