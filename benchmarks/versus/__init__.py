"""The parts of `versus.py`: an engine a file, the files that they read, the machine's limits, the report."""
