"""The camera: waits for a sharp and steady view, looks it up, and shows what was found over the picture."""
