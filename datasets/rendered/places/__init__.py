"""Photos of restaurant fronts in a made-up town, drawn by code, with the truth about which place each one shows."""
