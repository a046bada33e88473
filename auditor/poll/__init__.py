"""Looks at accounts: who is due, lane by lane, each look one observation, one writer."""
