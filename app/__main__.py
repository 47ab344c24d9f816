"""`python -m fusiform.app` is the command line `fusiform`."""

from fusiform.app.cli import main

if __name__ == "__main__":
    main()
