"""Activity data: what was burnt, bought and made each month, how it came in, who approved it."""
