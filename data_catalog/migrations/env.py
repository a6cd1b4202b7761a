"""Runs the migrations inside the transaction that `upgrade` or `downgrade` opened."""

from alembic import context

from data_catalog.schema import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
)
context.run_migrations()
