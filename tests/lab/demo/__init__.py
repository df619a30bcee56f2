"""`make demo`: a real Postfix goes from IPv4 only to dual stack, before your eyes."""
