"""What the directory changes here: accounts with the person behind them, groups with the roles that follow."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from scim2_models import UniquenessException
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.identity import directory
from selaras.identity.actor import Actor
from selaras.identity.models import Account, DirectoryGroup, DirectoryMember, DirectoryRole
from selaras.identity.service import open_account
from selaras.identity.sessions import SessionStore
from selaras.organisation.accounts import link_person
from selaras.organisation.leaving import end_access
from selaras.organisation.provisioning import groups, users
from selaras.organisation.provisioning.resources import Group, User

CAUSE = "scim"


class UserWriter:
    """Users, in the request's transaction. Every change is in the ledger: which fields, never what they say."""

    def __init__(self, session: Session, sessions: SessionStore, actor: Actor, day: date) -> None:
        self._session, self._sessions, self._actor, self._day = session, sessions, actor, day

    def create(self, user: User) -> UUID:
        """A new account, or the one that the directory deleted before; the person of that number gets it."""
        values = users.stated(user)
        known = users.account_key(self._session, values["subject"])
        if known is not None and known.deleted_at is None:
            raise UniquenessException(detail="There is a user of that userName already")
        row = known or Account(source=CAUSE)
        for name, value in values.items():
            setattr(row, name, value)
        row.deleted_at, row.directory_at, row.changed_at = None, now(), now()
        row.active, row.inactive_cause = bool(user.active), None if user.active else CAUSE
        row.version = (row.version or 0) + 1
        if known is None:
            row.created_at = row.changed_at
            self._session.add(row)
        self._session.flush()
        payload = {"source": CAUSE, "revived": known is not None, "active": bool(user.active)}
        record(self._session, self._actor, "account.create", f"account:{row.id}", payload)
        link_person(self._session, self._actor, row.id, self._day)
        return row.id

    def update(self, account_id: UUID, user: User) -> None:
        """Bring the account to what the directory says; closing it ends its sessions."""
        row = self._session.scalars(select(Account).where(Account.id == account_id)).one()
        values = users.stated(user)
        other = users.account_key(self._session, values["subject"])
        if other is not None and other.id != account_id:
            raise UniquenessException(detail="There is a user of that userName already")
        fields = users.changed_fields(row, values)
        was_active = row.active
        for name, value in values.items():
            setattr(row, name, value)
        row.directory_at, row.changed_at, row.version = now(), now(), row.version + 1
        self._session.flush()
        if fields:
            record(self._session, self._actor, "account.change", f"account:{account_id}", {"fields": fields})
        if was_active and not user.active:
            end_access(self._session, self._sessions, account_id, actor=self._actor, cause=CAUSE)
        elif user.active and not was_active:
            open_account(self._session, self._actor, account_id, CAUSE)
        if "subject" in fields:
            link_person(self._session, self._actor, account_id, self._day)

    def delete(self, account_id: UUID) -> None:
        """No access, no groups, not shown any more. The row stays: the ledger and what was signed name it."""
        directory.leave_groups(self._session, self._actor, account_id, self._day)
        end_access(self._session, self._sessions, account_id, actor=self._actor, cause="deleted")
        gone = update(Account).where(Account.id == account_id)
        self._session.execute(gone.values(deleted_at=now(), version=Account.version + 1, inactive_cause="deleted"))
        record(self._session, self._actor, "account.delete", f"account:{account_id}", {"source": CAUSE})


class GroupWriter:
    """Groups, in the request's transaction; a new group stands for no role."""

    def __init__(self, session: Session, actor: Actor, day: date) -> None:
        self._session, self._actor, self._day = session, actor, day

    def create(self, group: Group) -> UUID:
        """A new group with its members."""
        members = groups.member_ids(self._session, group)
        moment = now()
        row = DirectoryGroup(**groups.stated(group), created_at=moment, changed_at=moment)
        self._session.add(row)
        self._session.flush()
        record(self._session, self._actor, "group.create", f"group:{row.id}", {"members": len(members)})
        directory.set_members(self._session, self._actor, row.id, members, self._day)
        return row.id

    def update(self, group_id: UUID, group: Group) -> None:
        """Its name and its members; the roles that it stands for are the agency's to say and stay."""
        members = groups.member_ids(self._session, group)
        changing = update(DirectoryGroup).where(DirectoryGroup.id == group_id)
        values = {**groups.stated(group), "changed_at": now(), "version": DirectoryGroup.version + 1}
        self._session.execute(changing.values(values))
        added, removed = directory.set_members(self._session, self._actor, group_id, members, self._day)
        payload = {"added": sorted(map(str, added)), "removed": sorted(map(str, removed))}
        record(self._session, self._actor, "group.change", f"group:{group_id}", payload)

    def delete(self, group_id: UUID) -> None:
        """The group, its members' roles through it, and what it stood for."""
        directory.set_members(self._session, self._actor, group_id, (), self._day)
        for model in (DirectoryRole, DirectoryMember):
            self._session.execute(delete(model).where(model.group_id == group_id))
        self._session.execute(delete(DirectoryGroup).where(DirectoryGroup.id == group_id))
        record(self._session, self._actor, "group.delete", f"group:{group_id}", {})
