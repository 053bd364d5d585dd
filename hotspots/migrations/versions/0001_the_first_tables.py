"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entries")),
    )
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entries_at"), ["at"], unique=False)

    op.create_table(
        "authorities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("phone", sa.String(), nullable=True),
        sa.Column("website", sa.String(), nullable=True),
        sa.Column("retention_mode", sa.String(), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=False),
        sa.Column("retention_decision", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authorities")),
        sa.UniqueConstraint("slug", name=op.f("uq_authorities_slug")),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changes")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changes_at"), ["at"], unique=False)

    op.create_table(
        "service_plans",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=True),
        sa.Column("rate_down_bps", sa.BigInteger(), nullable=True),
        sa.Column("rate_up_bps", sa.BigInteger(), nullable=True),
        sa.Column("session_seconds", sa.Integer(), nullable=True),
        sa.Column("pause_seconds", sa.Integer(), nullable=True),
        sa.Column("idle_seconds", sa.Integer(), nullable=True),
        sa.Column("daily_seconds", sa.Integer(), nullable=True),
        sa.Column("monthly_seconds", sa.Integer(), nullable=True),
        sa.Column("daily_octets", sa.BigInteger(), nullable=True),
        sa.Column("monthly_octets", sa.BigInteger(), nullable=True),
        sa.Column("devices_at_once", sa.Integer(), nullable=True),
        sa.Column("remember_seconds", sa.Integer(), nullable=True),
        sa.Column("interim_seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_plans")),
        sa.UniqueConstraint("slug", name=op.f("uq_service_plans_slug")),
    )
    op.create_table(
        "used_tickets",
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce", name=op.f("pk_used_tickets")),
    )
    with op.batch_alter_table("used_tickets", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_used_tickets_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "hotspots",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("place_kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("declared_range_m", sa.Integer(), nullable=False),
        sa.Column("outdoor", sa.Boolean(), nullable=False),
        sa.Column("opening_hours", sa.String(), nullable=True),
        sa.Column("ssid", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_hotspots_authority_id_authorities")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["service_plans.id"], name=op.f("fk_hotspots_plan_id_service_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hotspots")),
        sa.UniqueConstraint("slug", name=op.f("uq_hotspots_slug")),
    )
    with op.batch_alter_table("hotspots", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hotspots_authority_id"), ["authority_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_hotspots_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "staff_members",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_logins", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_staff_members_authority_id_authorities")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_members")),
        sa.UniqueConstraint("name", name=op.f("uq_staff_members_name")),
    )
    with op.batch_alter_table("staff_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_members_authority_id"), ["authority_id"], unique=False)

    op.create_table(
        "voucher_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("authority_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifetime_seconds", sa.Integer(), nullable=True),
        sa.Column("total_seconds", sa.Integer(), nullable=True),
        sa.Column("total_octets", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["authority_id"], ["authorities.id"], name=op.f("fk_voucher_batches_authority_id_authorities")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["service_plans.id"], name=op.f("fk_voucher_batches_plan_id_service_plans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_batches")),
    )
    with op.batch_alter_table("voucher_batches", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_voucher_batches_authority_id"), ["authority_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_voucher_batches_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "access_points",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("nas_identifier", sa.String(), nullable=False),
        sa.Column("hotspot_id", sa.Integer(), nullable=False),
        sa.Column("make", sa.String(), nullable=False),
        sa.Column("gateway", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_uam_secret", sa.LargeBinary(), nullable=False),
        sa.Column("message_authenticator", sa.String(), nullable=False),
        sa.Column("octets_from_client_view", sa.Boolean(), nullable=False),
        sa.Column("mac_authentication", sa.Boolean(), nullable=False),
        sa.Column("coa_port", sa.Integer(), nullable=False),
        sa.Column("radios", sa.JSON(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["hotspot_id"], ["hotspots.id"], name=op.f("fk_access_points_hotspot_id_hotspots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_points")),
        sa.UniqueConstraint("name", name=op.f("uq_access_points_name")),
        sa.UniqueConstraint("nas_identifier", name=op.f("uq_access_points_nas_identifier")),
    )
    with op.batch_alter_table("access_points", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_access_points_address"), ["address"], unique=False)
        batch_op.create_index(batch_op.f("ix_access_points_hotspot_id"), ["hotspot_id"], unique=False)

    op.create_table(
        "kiosks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("hotspot_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("device", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["hotspot_id"], ["hotspots.id"], name=op.f("fk_kiosks_hotspot_id_hotspots")),
        sa.ForeignKeyConstraint(["plan_id"], ["service_plans.id"], name=op.f("fk_kiosks_plan_id_service_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kiosks")),
        sa.UniqueConstraint("device", name=op.f("uq_kiosks_device")),
        sa.UniqueConstraint("slug", name=op.f("uq_kiosks_slug")),
    )
    with op.batch_alter_table("kiosks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_kiosks_hotspot_id"), ["hotspot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_kiosks_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "vouchers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("code_digest", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=False),
        sa.Column("first_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["voucher_batches.id"], name=op.f("fk_vouchers_batch_id_voucher_batches")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("code_digest", name=op.f("uq_vouchers_code_digest")),
    )
    with op.batch_alter_table("vouchers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vouchers_batch_id"), ["batch_id"], unique=False)

    op.create_table(
        "access_point_states",
        sa.Column("access_point_id", sa.Integer(), nullable=False),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_accounting_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_point_id"],
            ["access_points.id"],
            name=op.f("fk_access_point_states_access_point_id_access_points"),
        ),
        sa.PrimaryKeyConstraint("access_point_id", name=op.f("pk_access_point_states")),
    )
    op.create_table(
        "device_grants",
        sa.Column("device", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_key", sa.String(), nullable=False),
        sa.Column("access_point_id", sa.Integer(), nullable=False),
        sa.Column("terms_version", sa.Integer(), nullable=False),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["access_point_id"], ["access_points.id"], name=op.f("fk_device_grants_access_point_id_access_points")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["service_plans.id"], name=op.f("fk_device_grants_plan_id_service_plans")
        ),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_device_grants")),
    )
    with op.batch_alter_table("device_grants", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_device_grants_access_point_id"), ["access_point_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_grants_expires_at"), ["expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_device_grants_plan_id"), ["plan_id"], unique=False)

    op.create_table(
        "login_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("at_door", sa.String(), nullable=False),
        sa.Column("access_point_id", sa.Integer(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("user_name", sa.String(), nullable=True),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_point_id"], ["access_points.id"], name=op.f("fk_login_decisions_access_point_id_access_points")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["service_plans.id"], name=op.f("fk_login_decisions_plan_id_service_plans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_decisions")),
    )
    with op.batch_alter_table("login_decisions", schema=None) as batch_op:
        batch_op.create_index("ix_login_decisions_access_point_id_at", ["access_point_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_decisions_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_login_decisions_device"), ["device"], unique=False)

    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("access_point_id", sa.Integer(), nullable=False),
        sa.Column("acct_session_id", sa.String(), nullable=False),
        sa.Column("user_name", sa.String(), nullable=True),
        sa.Column("device", sa.String(), nullable=True),
        sa.Column("subject_kind", sa.String(), nullable=True),
        sa.Column("subject_key", sa.String(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("framed_ip", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("session_seconds", sa.BigInteger(), nullable=False),
        sa.Column("octets_up", sa.BigInteger(), nullable=False),
        sa.Column("octets_down", sa.BigInteger(), nullable=False),
        sa.Column("terminate_cause", sa.String(), nullable=True),
        sa.Column("limit_seconds", sa.BigInteger(), nullable=True),
        sa.Column("limit_octets", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_point_id"], ["access_points.id"], name=op.f("fk_sessions_access_point_id_access_points")
        ),
        sa.ForeignKeyConstraint(["plan_id"], ["service_plans.id"], name=op.f("fk_sessions_plan_id_service_plans")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.UniqueConstraint("key", name=op.f("uq_sessions_key")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.create_index(
            "ix_sessions_access_point_id_stopped_at", ["access_point_id", "stopped_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_sessions_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_device"), ["device"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_started_at"), ["started_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_sessions_stopped_at"), ["stopped_at"], unique=False)
        batch_op.create_index("ix_sessions_subject", ["subject_kind", "subject_key", "started_at"], unique=False)

    op.create_table(
        "usage_hours",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("access_point_id", sa.Integer(), nullable=False),
        sa.Column("sessions_started", sa.Integer(), nullable=False),
        sa.Column("session_seconds", sa.BigInteger(), nullable=False),
        sa.Column("octets_up", sa.BigInteger(), nullable=False),
        sa.Column("octets_down", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["access_point_id"], ["access_points.id"], name=op.f("fk_usage_hours_access_point_id_access_points")
        ),
        sa.PrimaryKeyConstraint("hour", "access_point_id", name=op.f("pk_usage_hours")),
    )
    op.create_table(
        "session_commands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_cause", sa.Integer(), nullable=True),
        sa.Column("round_trip_ms", sa.Double(), nullable=True),
        sa.Column("proved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_session_commands_session_id_sessions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_commands")),
    )
    with op.batch_alter_table("session_commands", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_session_commands_session_id"), ["session_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_session_commands_state"), ["state"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("session_commands", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_session_commands_state"))
        batch_op.drop_index(batch_op.f("ix_session_commands_session_id"))

    op.drop_table("session_commands")
    op.drop_table("usage_hours")
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_index("ix_sessions_subject")
        batch_op.drop_index(batch_op.f("ix_sessions_stopped_at"))
        batch_op.drop_index(batch_op.f("ix_sessions_started_at"))
        batch_op.drop_index(batch_op.f("ix_sessions_device"))
        batch_op.drop_index(batch_op.f("ix_sessions_changed_at"))
        batch_op.drop_index("ix_sessions_access_point_id_stopped_at")

    op.drop_table("sessions")
    with op.batch_alter_table("login_decisions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_login_decisions_device"))
        batch_op.drop_index(batch_op.f("ix_login_decisions_at"))
        batch_op.drop_index("ix_login_decisions_access_point_id_at")

    op.drop_table("login_decisions")
    with op.batch_alter_table("device_grants", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_device_grants_plan_id"))
        batch_op.drop_index(batch_op.f("ix_device_grants_expires_at"))
        batch_op.drop_index(batch_op.f("ix_device_grants_access_point_id"))

    op.drop_table("device_grants")
    op.drop_table("access_point_states")
    with op.batch_alter_table("vouchers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_vouchers_batch_id"))

    op.drop_table("vouchers")
    with op.batch_alter_table("kiosks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_kiosks_plan_id"))
        batch_op.drop_index(batch_op.f("ix_kiosks_hotspot_id"))

    op.drop_table("kiosks")
    with op.batch_alter_table("access_points", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_access_points_hotspot_id"))
        batch_op.drop_index(batch_op.f("ix_access_points_address"))

    op.drop_table("access_points")
    with op.batch_alter_table("voucher_batches", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_voucher_batches_plan_id"))
        batch_op.drop_index(batch_op.f("ix_voucher_batches_authority_id"))

    op.drop_table("voucher_batches")
    with op.batch_alter_table("staff_members", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_staff_members_authority_id"))

    op.drop_table("staff_members")
    with op.batch_alter_table("hotspots", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hotspots_plan_id"))
        batch_op.drop_index(batch_op.f("ix_hotspots_authority_id"))

    op.drop_table("hotspots")
    with op.batch_alter_table("used_tickets", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_used_tickets_expires_at"))

    op.drop_table("used_tickets")
    op.drop_table("service_plans")
    with op.batch_alter_table("changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_changes_at"))

    op.drop_table("changes")
    op.drop_table("authorities")
    with op.batch_alter_table("audit_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_audit_entries_at"))

    op.drop_table("audit_entries")
