"""What cannot be seen, and when that is told."""
