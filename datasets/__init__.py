"""Records (image, question, answers, source) and the metrics that score answers to them."""
