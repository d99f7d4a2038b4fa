"""Alembic's entry: runs on the connection that `storage.database.schema` passes."""

from alembic import context

from services.review.storage.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
)
with context.begin_transaction():
    context.run_migrations()
