"""What running the model costs, by measurement."""
