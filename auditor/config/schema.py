"""The JSON Schemas that editors pick up, made from the models and checked in under config/schema/."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemas() -> Mapping[str, dict[str, Any]]:
    """`accounts`, `policy` and `auditor`: what each of the three files may hold."""
    from .models import PolicyFile, RegisterFile, SettingsFile

    models: dict[str, type[BaseModel]] = {"accounts": RegisterFile, "policy": PolicyFile, "auditor": SettingsFile}
    return {name: {"$schema": DIALECT, **model.model_json_schema()} for name, model in models.items()}


def schema_text(schema: Mapping[str, Any]) -> str:
    """A schema as it stands in its file."""
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
