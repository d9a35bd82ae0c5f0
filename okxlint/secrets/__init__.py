"""What must not come out: secrets found in files, and what masks them."""
