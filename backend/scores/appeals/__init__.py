"""Appeals against scores: lodged, answered, and what the answer changed."""
