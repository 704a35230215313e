"""What an authority keeps and sees of disclosure in its region: registers, targets, a draft table for the white paper."""
