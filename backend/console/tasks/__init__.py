"""What each kind of user has to do, by deadline."""
