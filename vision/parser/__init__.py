"""What stands on a screen: elements with their role, state, box and look, found in one pass over the picture."""
