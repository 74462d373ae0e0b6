"""What follows an erasure: a line in the ledger outside the database, and a signed certificate."""
