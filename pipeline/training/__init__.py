"""Training: one trainer for every stage of the recipe, which knows nothing of what it trains."""
