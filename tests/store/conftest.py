import pytest

pytest.register_assert_rewrite("tests.store.conformance", "tests.store.identity_rules", "tests.store.look_rules")
