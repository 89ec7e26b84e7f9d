"""From a photo to the place that it shows, or an honest verdict that it may be several, or none."""
