"""Evidence once more, from what was stored, and evidence about predictions that somebody has in a file."""
