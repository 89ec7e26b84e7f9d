"""The store: one SQLite file of places, what goes into it, and how they are found again."""
