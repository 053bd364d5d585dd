"""Sessions by month on PostgreSQL, and whose turn it is to write to them.

An SQLite file has one writer by itself and the data of a single node, and stays as it is. Here the index of changes
goes, since a row whose indexed columns stay the same is replaced within its page (HOT). ``key`` is kept unique by the
turn, across months. References to access points and plans are not checked for each new row, which took as long as all
its indexes: what has sessions is never deleted (:mod:`hotspots.inventory`).
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TURN = """
CREATE TABLE session_turn (version bigint NOT NULL) WITH (fillfactor = 10);
INSERT INTO session_turn VALUES (0);
CREATE FUNCTION take_session_turn() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The recorder takes its turn by itself, once a transaction.
    IF current_setting('hotspots.recorder', true) IS DISTINCT FROM 'on' THEN
        UPDATE session_turn SET version = version + 1;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER take_session_turn BEFORE INSERT OR UPDATE OR DELETE ON sessions
    FOR EACH STATEMENT EXECUTE FUNCTION take_session_turn();
CREATE FUNCTION tell_of_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('hotspots_changes', '');
    RETURN NULL;
END $$;
CREATE TRIGGER tell_of_changes AFTER INSERT ON changes FOR EACH STATEMENT EXECUTE FUNCTION tell_of_changes();
"""

_BY_MONTH = """
ALTER TABLE session_commands DROP CONSTRAINT fk_session_commands_session_id_sessions;
ALTER TABLE sessions RENAME TO sessions_before;
ALTER SEQUENCE sessions_id_seq OWNED BY NONE;
CREATE TABLE sessions (LIKE sessions_before INCLUDING DEFAULTS) PARTITION BY RANGE (started_at);
ALTER SEQUENCE sessions_id_seq OWNED BY sessions.id;
CREATE TABLE sessions_other PARTITION OF sessions DEFAULT WITH (fillfactor = 75);
INSERT INTO sessions SELECT * FROM sessions_before;
DROP TABLE sessions_before;
ALTER TABLE sessions ADD CONSTRAINT pk_sessions PRIMARY KEY (started_at, id);
CREATE INDEX ix_sessions_id ON sessions (id);
CREATE INDEX ix_sessions_key ON sessions (key);
CREATE INDEX ix_sessions_device ON sessions (device);
CREATE INDEX ix_sessions_subject ON sessions (subject_kind, subject_key, started_at);
CREATE INDEX ix_sessions_open ON sessions (access_point_id, started_at) WHERE stopped_at IS NULL;
CREATE INDEX ix_sessions_ended ON sessions (stopped_at) WHERE stopped_at IS NOT NULL;
"""

_TOGETHER = """
DROP TRIGGER tell_of_changes ON changes;
DROP FUNCTION tell_of_changes;
DROP TRIGGER take_session_turn ON sessions;
DROP FUNCTION take_session_turn;
DROP TABLE session_turn;
ALTER TABLE sessions RENAME TO sessions_by_month;
ALTER SEQUENCE sessions_id_seq OWNED BY NONE;
CREATE TABLE sessions (LIKE sessions_by_month INCLUDING DEFAULTS);
ALTER SEQUENCE sessions_id_seq OWNED BY sessions.id;
INSERT INTO sessions SELECT * FROM sessions_by_month;
DROP TABLE sessions_by_month;
ALTER TABLE sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (id),
    ADD CONSTRAINT uq_sessions_key UNIQUE (key),
    ADD CONSTRAINT fk_sessions_access_point_id_access_points
        FOREIGN KEY (access_point_id) REFERENCES access_points (id),
    ADD CONSTRAINT fk_sessions_plan_id_service_plans FOREIGN KEY (plan_id) REFERENCES service_plans (id);
ALTER TABLE session_commands ADD CONSTRAINT fk_session_commands_session_id_sessions
    FOREIGN KEY (session_id) REFERENCES sessions (id);
CREATE INDEX ix_sessions_changed_at ON sessions (changed_at);
CREATE INDEX ix_sessions_device ON sessions (device);
CREATE INDEX ix_sessions_started_at ON sessions (started_at);
CREATE INDEX ix_sessions_subject ON sessions (subject_kind, subject_key, started_at);
CREATE INDEX ix_sessions_open ON sessions (access_point_id, started_at) WHERE stopped_at IS NULL;
CREATE INDEX ix_sessions_ended ON sessions (stopped_at) WHERE stopped_at IS NOT NULL;
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_BY_MONTH)
        op.execute(_TURN)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_TOGETHER)
