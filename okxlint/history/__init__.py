"""Other commits as data: their files, and from a revision to its commit."""
