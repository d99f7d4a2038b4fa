"""The first floor: work teams, templates, flows, human loops, workers, tags, outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

IDENTIFIER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_human_task_uis()
    _create_sign_in_failures()
    _create_tags()
    _create_workers()
    _create_workteams()
    _create_flow_definitions()
    _create_worker_groups()
    _create_worker_sessions()
    _create_human_loops()
    _create_outbox()
    _create_slots()
    _create_claims()


def downgrade() -> None:
    for table in (
        "claims",
        "slots",
        "outbox",
        "human_loops",
        "worker_sessions",
        "worker_groups",
        "flow_definitions",
        "workteams",
        "workers",
        "tags",
        "sign_in_failures",
        "human_task_uis",
    ):
        op.drop_table(table)


def _create_human_task_uis() -> None:
    op.create_table(
        "human_task_uis",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("content_sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_human_task_uis"),
    )
    op.create_index("ix_human_task_uis_created_at_id", "human_task_uis", ["created_at", "id"])
    _create_partial_unique_index("uq_human_task_uis_live_name", "human_task_uis", ["name"], where="deleted_at IS NULL")


def _create_sign_in_failures() -> None:
    op.create_table(
        "sign_in_failures",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_address_failed_at", "sign_in_failures", ["address", "failed_at"])
    op.create_index("ix_sign_in_failures_email_failed_at", "sign_in_failures", ["email", "failed_at"])


def _create_tags() -> None:
    op.create_table(
        "tags",
        sa.Column("resource_arn", sa.String(length=256), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("value", sa.String(length=256), nullable=False),
        sa.PrimaryKeyConstraint("resource_arn", "key", name="pk_tags"),
    )


def _create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("subject", sa.String(length=36), nullable=False),
        sa.Column("public_id", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("is_administrator", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
        sa.UniqueConstraint("email", name="uq_workers_email"),
        sa.UniqueConstraint("public_id", name="uq_workers_public_id"),
        sa.UniqueConstraint("subject", name="uq_workers_subject"),
    )


def _create_workteams() -> None:
    op.create_table(
        "workteams",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("member_definitions", sa.JSON(), nullable=False),
        sa.Column("notification", sa.JSON(), nullable=True),
        sa.Column("worker_access", sa.JSON(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_workteams"),
    )
    _create_partial_unique_index("uq_workteams_live_name", "workteams", ["name"], where="deleted_at IS NULL")


def _create_flow_definitions() -> None:
    op.create_table(
        "flow_definitions",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("human_task_ui_id", IDENTIFIER, nullable=False),
        sa.Column("workteam_id", IDENTIFIER, nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("description", sa.String(length=255), nullable=False),
        sa.Column("task_count", sa.Integer(), nullable=False),
        sa.Column("time_limit_seconds", sa.Integer(), nullable=False),
        sa.Column("availability_seconds", sa.Integer(), nullable=False),
        sa.Column("output_path", sa.Text(), nullable=False),
        sa.Column("kms_key_id", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["human_task_ui_id"], ["human_task_uis.id"], name="fk_flow_definitions_human_task_ui_id_human_task_uis"
        ),
        sa.ForeignKeyConstraint(["workteam_id"], ["workteams.id"], name="fk_flow_definitions_workteam_id_workteams"),
        sa.PrimaryKeyConstraint("id", name="pk_flow_definitions"),
    )
    op.create_index("ix_flow_definitions_created_at_id", "flow_definitions", ["created_at", "id"])
    op.create_index("ix_flow_definitions_workteam_id", "flow_definitions", ["workteam_id"])
    _create_partial_unique_index(
        "uq_flow_definitions_live_name", "flow_definitions", ["name"], where="deleted_at IS NULL"
    )


def _create_worker_groups() -> None:
    op.create_table(
        "worker_groups",
        sa.Column("worker_id", IDENTIFIER, nullable=False),
        sa.Column("group_name", sa.String(length=63), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name="fk_worker_groups_worker_id_workers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("worker_id", "group_name", name="pk_worker_groups"),
    )


def _create_worker_sessions() -> None:
    op.create_table(
        "worker_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("worker_id", IDENTIFIER, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["worker_id"], ["workers.id"], name="fk_worker_sessions_worker_id_workers", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_worker_sessions"),
    )
    op.create_index("ix_worker_sessions_expires_at", "worker_sessions", ["expires_at"])
    op.create_index("ix_worker_sessions_worker_id", "worker_sessions", ["worker_id"])


def _create_human_loops() -> None:
    op.create_table(
        "human_loops",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("flow_definition_id", IDENTIFIER, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("input_content", sa.Text(), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("content_classifiers", sa.JSON(), nullable=False),
        sa.Column("task_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failure_code", sa.String(length=32), nullable=True),
        sa.Column("failure_reason", sa.String(length=1024), nullable=True),
        sa.Column("output_uri", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["flow_definition_id"], ["flow_definitions.id"], name="fk_human_loops_flow_definition_id_flow_definitions"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_human_loops"),
        sa.UniqueConstraint("name", name="uq_human_loops_name"),
    )
    op.create_index("ix_human_loops_expiry", "human_loops", ["state", "expires_at"])
    op.create_index("ix_human_loops_listing", "human_loops", ["flow_definition_id", "created_at", "id"])
    op.create_index("ix_human_loops_queue", "human_loops", ["flow_definition_id", "state", "created_at", "id"])


def _create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("human_loop_id", IDENTIFIER, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["human_loop_id"], ["human_loops.id"], name="fk_outbox_human_loop_id_human_loops", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("human_loop_id", name="uq_outbox_human_loop_id"),
    )
    op.create_index("ix_outbox_next_attempt_at", "outbox", ["next_attempt_at"])


def _create_slots() -> None:
    op.create_table(
        "slots",
        sa.Column("id", IDENTIFIER, nullable=False),
        sa.Column("human_loop_id", IDENTIFIER, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["human_loop_id"], ["human_loops.id"], name="fk_slots_human_loop_id_human_loops", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_slots"),
        sa.UniqueConstraint("human_loop_id", "ordinal", name="uq_slots_human_loop_id_ordinal"),
    )


def _create_claims() -> None:
    op.create_table(
        "claims",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("slot_id", IDENTIFIER, nullable=False),
        sa.Column("human_loop_id", IDENTIFIER, nullable=False),
        sa.Column("flow_definition_id", IDENTIFIER, nullable=False),
        sa.Column("worker_id", IDENTIFIER, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("active_seconds", sa.Float(), nullable=True),
        sa.Column("late_answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["flow_definition_id"], ["flow_definitions.id"], name="fk_claims_flow_definition_id_flow_definitions"
        ),
        sa.ForeignKeyConstraint(
            ["human_loop_id"], ["human_loops.id"], name="fk_claims_human_loop_id_human_loops", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["slots.id"], name="fk_claims_slot_id_slots", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["worker_id"], ["workers.id"], name="fk_claims_worker_id_workers"),
        sa.PrimaryKeyConstraint("id", name="pk_claims"),
    )
    op.create_index("ix_claims_expiry", "claims", ["state", "expires_at"])
    op.create_index("ix_claims_human_loop_id", "claims", ["human_loop_id"])
    _create_partial_unique_index(
        "uq_claims_one_meeting_a_loop",
        "claims",
        ["human_loop_id", "worker_id"],
        where="state IN ('held', 'submitted', 'declined')",
    )
    _create_partial_unique_index(
        "uq_claims_one_task_at_a_time", "claims", ["flow_definition_id", "worker_id"], where="state = 'held'"
    )
    _create_partial_unique_index(
        "uq_claims_one_worker_a_slot", "claims", ["slot_id"], where="state IN ('held', 'submitted')"
    )


def _create_partial_unique_index(name: str, table: str, columns: list[str], *, where: str) -> None:
    op.create_index(name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
