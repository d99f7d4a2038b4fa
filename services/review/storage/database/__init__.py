"""The database: engine, transactions, schema, and its failures."""
