"""The failure corpus: named situations as data, replayed over simulated days for a living and a silent account."""
