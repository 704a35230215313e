"""Activity data becomes an inventory in which every number explains itself."""
