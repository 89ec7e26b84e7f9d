"""What is asked about a place: read, answered by rule from record and photo, or worded from those facts."""
