"""Forward-only steps of the schema, run at every start."""
