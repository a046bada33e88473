"""Looks that people make: what somebody says of an account becomes a dated observation, or is refused with a reason."""
