"""The closed 360° survey: campaigns, who is asked, sealed ballots, figures of enough answers, comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from selaras.db.walls import tenant_wall

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLES = (
    "survey_campaign",
    "survey_subject",
    "survey_invitation",
    "survey_conflict",
    "survey_ballot",
    "survey_opening",
    "survey_result",
    "survey_figure",
    "survey_comment",
)


def upgrade() -> None:
    _campaigns()
    _people()
    _answers()
    _figures()
    for table in TABLES:
        for statement in tenant_wall(table):
            op.execute(statement)


def _campaigns() -> None:
    _create(
        "survey_campaign",
        _id("uuidv7()"),
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=True),
        sa.Column("opens", sa.Date(), nullable=False),
        sa.Column("closes", sa.Date(), nullable=False),
        sa.Column("moderated", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), server_default="draft", nullable=False),
        sa.Column("terms", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("public_key", sa.LargeBinary(), nullable=True),
        sa.Column("private_key", sa.LargeBinary(), nullable=True),
        sa.Column("token_key", sa.LargeBinary(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        _within("survey_campaign", "period_id", "period"),
        _within("survey_campaign", "unit_id", "unit"),
        _check("survey_campaign", "state", "state IN ('draft', 'open', 'closing', 'closed', 'withdrawn')"),
        _check("survey_campaign", "order", "opens <= closes"),
        key=("id",),
    )
    op.create_index("ix_survey_campaign_period", "survey_campaign", ["tenant_id", "period_id"], schema="selaras")


def _people() -> None:
    _create(
        "survey_subject",
        sa.Column("period_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("inputs", postgresql.JSONB(), nullable=True),
        _campaign("survey_subject"),
        key=("period_id", "person_id"),
    )
    op.create_index("ix_survey_subject_campaign", "survey_subject", ["tenant_id", "campaign_id"], schema="selaras")
    _create(
        "survey_invitation",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("perspective", sa.Text(), nullable=False),
        _campaign("survey_invitation"),
        _check("survey_invitation", "not_oneself", "rater_id <> subject_id"),
        _check("survey_invitation", "perspective", "perspective IN ('superior', 'peers', 'subordinates')"),
        key=("campaign_id", "rater_id", "subject_id"),
    )
    op.create_index("ix_survey_invitation_rater", "survey_invitation", ["tenant_id", "rater_id"], schema="selaras")
    names = ["tenant_id", "campaign_id", "subject_id"]
    op.create_index("ix_survey_invitation_subject", "survey_invitation", names, schema="selaras")
    _create(
        "survey_conflict",
        _id("uuidv7()"),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("one_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _campaign("survey_conflict"),
        _within("survey_conflict", "one_id", "person"),
        _within("survey_conflict", "other_id", "person"),
        sa.UniqueConstraint(
            "tenant_id", "campaign_id", "one_id", "other_id", name=op.f("uq_survey_conflict_tenant_id")
        ),
        _check("survey_conflict", "two", "one_id <> other_id"),
        key=("id",),
    )


def _answers() -> None:
    _create(
        "survey_ballot",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        _campaign("survey_ballot"),
        key=("campaign_id", "id"),
    )
    # Unlogged: it reaches no write-ahead log, no replica and no base backup.
    _create(
        "survey_opening",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        key=("campaign_id",),
        prefixes=["UNLOGGED"],
    )


def _figures() -> None:
    _create(
        "survey_result",
        *_of(),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=True),
        _campaign("survey_result"),
        _check("survey_result", "state", "state IN ('asked', 'too_few_asked', 'too_few_answers', 'shown')"),
        _check("survey_result", "answered", "(state = 'shown') = (answered IS NOT NULL)"),
        key=("campaign_id", "person_id", "perspective"),
    )
    _create(
        "survey_figure",
        *_of(),
        sa.Column("behaviour", sa.Text(), nullable=False),
        sa.Column("answers", sa.SmallInteger(), nullable=False),
        sa.Column("mean", sa.Float(), nullable=False),
        sa.Column("spread", sa.Text(), nullable=False),
        _campaign("survey_figure"),
        _check("survey_figure", "spread", "spread IN ('close', 'apart', 'far')"),
        key=("campaign_id", "person_id", "perspective", "behaviour"),
    )
    _create(
        "survey_comment",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        _id("gen_random_uuid()"),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("perspective", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="shown", nullable=False),
        _campaign("survey_comment"),
        _check("survey_comment", "state", "state IN ('waiting', 'shown', 'withheld')"),
        key=("campaign_id", "id"),
    )
    names = ["tenant_id", "campaign_id", "person_id"]
    op.create_index("ix_survey_comment_person", "survey_comment", names, schema="selaras")


def _of() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("perspective", sa.Text(), nullable=False),
    )


def _create(table: str, *parts: sa.schema.SchemaItem, key: tuple[str, ...], prefixes: list[str] | None = None) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), server_default=sa.text("selaras.tid()"), nullable=False),
        *parts,
        sa.PrimaryKeyConstraint("tenant_id", *key, name=op.f(f"pk_{table}")),
        schema="selaras",
        prefixes=prefixes or [],
    )


def _id(default: str) -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), server_default=sa.text(default), nullable=False)


def _within(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"selaras.{other}.tenant_id", f"selaras.{other}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
    )


def _campaign(table: str) -> sa.ForeignKeyConstraint:
    return _within(table, "campaign_id", "survey_campaign")


def _check(table: str, name: str, said: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(said, name=op.f(f"ck_{table}_{name}"))


def downgrade() -> None:
    raise RuntimeError("a step back is a restored backup, never a dropped table")
