"""Speed and frugality as ratios, each measured beside its peer or limit in the same run."""
