"""Monthly quick reports (碳排放快报), and carbon estimated from electricity: both kept apart from verified figures."""
