"""Energy-balance tables (能源平衡表) of divisions, and the emissions they come to."""
