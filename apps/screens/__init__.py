"""Answers that are printed on the screen: find the span, or say that it is not there."""
