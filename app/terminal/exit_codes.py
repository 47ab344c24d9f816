"""The exit codes of the command line. A signal ends it with 128 + its number: 130 for an interrupt."""

DONE = 0
NOT_CONVERGED = 1
WRONG_INPUT = 2
UNWRITTEN = 3  # the result, or a file of it, could not be written
FAULT = 4  # too little memory, or a fault of Fusiform itself
