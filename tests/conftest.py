"""One thread in every test and in what the tests start: threads that fight for a busy core are ten times slower."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
