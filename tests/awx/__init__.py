"""The rules of AWX, for what the folder awx wants of it: many are told by no answer of its server."""
