"""Make the page of what was measured anew: ``python -m benchmarks.peers``."""

from benchmarks.peers import page

if __name__ == "__main__":
    print(page.write())
