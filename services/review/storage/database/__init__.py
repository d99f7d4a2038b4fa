"""The database: engine, transactions, schema, and what can be wrong with it."""
