"""Files of key energy and carbon units: thresholds, posts, findings, retrofits, efficiency codes, passports."""
