"""Facts, policy and instant in; decision out. No clock, no files, no network, no randomness, no logging."""
