"""Places: a store of restaurants and shops in one file, and what can be answered from it."""
