"""What a sweep costs, counted by the double and by our own ledger."""
