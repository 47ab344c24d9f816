"""What the command line needs of the operating system: streams that never fail, and signals. Imports nothing heavy."""
