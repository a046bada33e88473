import pytest

RULES = ("conformance", "hand_rules", "identity_rules", "look_rules")
pytest.register_assert_rewrite(*(f"tests.store.{name}" for name in RULES))
