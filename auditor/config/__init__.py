"""Files in, a valid configuration out, or every problem of it. The only room with pydantic and YAML in."""
