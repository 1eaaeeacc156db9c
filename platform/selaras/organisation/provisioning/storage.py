"""Where the SCIM library keeps users and groups: one agency's accounts and groups, in the request's transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from scim2_models import (
    InvalidPathException,
    NotFoundException,
    PreconditionFailedException,
    Resource,
    ResourceType,
    ResponseParameters,
    SearchRequest,
    UniquenessException,
)
from scim2_server.storage import ScimStorage, SearchPage
from sqlalchemy import ColumnElement, Select, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from selaras.identity.actor import Actor
from selaras.identity.models import Account, DirectoryGroup
from selaras.identity.sessions import SessionStore
from selaras.organisation.provisioning import groups, users
from selaras.organisation.provisioning.filters import condition, sorting
from selaras.organisation.provisioning.resources import Group, User
from selaras.organisation.provisioning.writing import GroupWriter, UserWriter


class AgencyStorage(ScimStorage):
    """The directory's side of one agency, for one request of `actor` on `day`."""

    def __init__(self, session: Session, sessions: SessionStore, actor: Actor, day: date) -> None:
        self._session = session
        self._users = UserWriter(session, sessions, actor, day)
        self._groups = GroupWriter(session, actor, day)

    @contextmanager
    def operation(self) -> Iterator[None]:
        """A savepoint for each operation, so that one of a bulk request can fail alone."""
        with self._session.begin_nested():
            yield

    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,  # noqa: ARG002  # the whole is two statements
    ) -> Resource[Any]:
        """One user or group."""
        found = self._read(resource_type.name or "", [identifier] if (identifier := _uuid(resource_id)) else [])
        if not found:
            raise NotFoundException(detail=f"There is no such {resource_type.name} here")
        return next(iter(found.values()))

    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,  # noqa: ARG002  # pages by index only
    ) -> SearchPage:
        """A page, in a number of statements that does not depend on its size."""
        wanted = [(kind.name or "", sort) for kind in resource_types for sort in [self._sort(kind, search_request)]]
        like = next((sort for _, sort in wanted if sort is not None), None)
        parts = [self._part(kind, sort, like, search_request) for kind, sort in wanted]
        found = union_all(*parts).subquery()
        total = self._session.execute(select(func.count()).select_from(found)).scalar_one()
        falling = search_request.sort_by and search_request.sort_order == SearchRequest.SortOrder.descending
        order = found.c.sort.desc() if falling else found.c.sort.asc()
        page = select(found.c.kind, found.c.id).order_by(order, found.c.id)
        page = page.offset(search_request.start_index_0 or 0).limit(search_request.count)
        rows = [tuple(row) for row in self._session.execute(page)] if search_request.count != 0 else []
        read: dict[UUID, Resource[Any]] = {}
        for kind in {kind for kind, _ in rows}:
            read |= self._read(kind, [one for of, one in rows if of == kind])
        return SearchPage(total, [read[one] for _, one in rows if one in read])

    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        """Make one; what the directory deleted before comes back with its row."""
        made = self._groups.create(resource) if isinstance(resource, Group) else self._users.create(_as_user(resource))
        return self.get(resource_type, str(made))

    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        """Bring one to the state that is given, unless somebody was faster."""
        identifier = self._locked(resource_type, resource.id or "", expected_version)
        if isinstance(resource, Group):
            self._groups.update(identifier, resource)
        else:
            self._users.update(identifier, _as_user(resource))
        return self.get(resource_type, str(identifier))

    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        """A user loses all access and is not shown any more; a group goes, and the roles that it stood for."""
        identifier = self._locked(resource_type, resource_id, expected_version)
        if resource_type.name == groups.KIND:
            self._groups.delete(identifier)
        else:
            self._users.delete(identifier)

    def _locked(self, resource_type: ResourceType, resource_id: str, expected_version: str | None) -> UUID:
        identifier = _uuid(resource_id)
        row: Account | DirectoryGroup | None
        if resource_type.name == groups.KIND:
            row = self._session.scalar(select(DirectoryGroup).where(DirectoryGroup.id == identifier).with_for_update())
        else:
            kept = select(Account).where(Account.id == identifier, Account.deleted_at.is_(None))
            row = self._session.scalar(kept.with_for_update())
        if row is None:
            raise NotFoundException(detail=f"There is no such {resource_type.name} here")
        if expected_version not in (None, f'W/"{row.version}"'):
            raise PreconditionFailedException
        return row.id

    def _read(self, kind: str, ids: list[UUID]) -> dict[UUID, Any]:
        return groups.read(self._session, ids) if kind == groups.KIND else users.read(self._session, ids)

    def _sort(self, kind: ResourceType, request: SearchRequest[Any]) -> ColumnElement[Any] | None:
        if request.sort_by is None:
            return None
        known, schema = (
            (groups.known(), Group.__schema__) if kind.name == groups.KIND else (users.known(), User.__schema__)
        )
        found = sorting(str(request.sort_by), str(schema), known)
        if found is None and str(request.sort_by).split(".")[0].lower() in ("members", "groups"):
            raise InvalidPathException(detail="It is not sorted by that here")
        return found

    def _part(
        self, kind: str, sort: ColumnElement[Any] | None, like: ColumnElement[Any] | None, request: SearchRequest[Any]
    ) -> Select[Any]:
        is_group = kind == groups.KIND
        table = (DirectoryGroup if is_group else Account).__table__
        missing = null() if like is None else cast(null(), like.type)
        part = select(literal(kind).label("kind"), table.c.id, (missing if sort is None else sort).label("sort"))
        part = part.where(groups.tenant_groups(self._session) if is_group else users.tenant_accounts(self._session))
        if request.filter is None:
            return part
        known, schema = (groups.known(), Group.__schema__) if is_group else (users.known(), User.__schema__)
        return part.where(condition(request.filter.ast, str(schema), known))


def _as_user(resource: Resource[Any]) -> User:
    if not isinstance(resource, User):
        raise UniquenessException(detail="Neither a user nor a group")
    return resource


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
