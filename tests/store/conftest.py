import pytest

RULES = ("conformance", "doubt_rules", "hand_rules", "identity_rules", "look_rules")
pytest.register_assert_rewrite(*(f"tests.store.{name}" for name in RULES))
