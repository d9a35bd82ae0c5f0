"""What a policy asserts in JSON Schema, CEL or a regular expression: bounded in time."""
