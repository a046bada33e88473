"""A life of accounts, platforms and an office in random steps, and the promises that hold at every one of them."""
