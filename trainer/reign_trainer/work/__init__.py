"""What a trainer does: extract, fit, score, track. Each activity is carried out from here."""
