"""`python -m parentis`."""

from parentis.cli import main

if __name__ == "__main__":
    main()
