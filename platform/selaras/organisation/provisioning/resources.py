"""What SCIM speaks of here: users with what an account needs, groups of users, and what the server can."""

from __future__ import annotations

import json
from functools import cache
from typing import Annotated, Any

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    Email,
    ETag,
    External,
    Filter,
    GroupMembership,
    Mutability,
    Patch,
    Reference,
    Required,
    Resource,
    ResourceType,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)
from scim2_server.bulk import BulkPlan
from scim2_server.service import ScimService

MOST = 200
"""Resources on one page, and operations of one bulk request."""


class Name(ComplexAttribute):
    """The parts of a name, for directories that keep them apart."""

    family_name: str | None = None
    given_name: str | None = None


class User(Resource[Any]):
    """An account. Everything else that a directory may send is left unread: it is not needed, so it is not kept."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Uniqueness.server, Required.true] = None
    display_name: str | None = None
    name: Name | None = None
    active: Annotated[bool | None, Required.true] = None
    emails: list[Email] | None = None
    groups: Annotated[list[GroupMembership] | None, Mutability.read_only] = None


class Member(ComplexAttribute):
    """A user in a group."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference[User] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A group of the directory. Which roles its members hold is said here, by the agency, never by the directory."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true] = None
    members: list[Member] | None = None


class Service(ScimService):
    """The protocol with one thing of our own: a user that is created without `active` is active."""

    def read_creation(self, resource_type: ResourceType, body: bytes, content_type: str | None) -> Resource[Any]:
        """Validate the body of a creation; directories leave `active` out where they mean true."""
        if resource_type.name == "User":
            body = json.dumps(_active(self.decode_body(body, content_type))).encode()
        return super().read_creation(resource_type, body, content_type)

    def read_bulk(self, body: bytes, content_type: str | None) -> BulkPlan:
        """The same for the creations within a bulk request."""
        self.ensure_bulk_payload_size(len(body))
        given = self.decode_body(body, content_type)
        for one in given.get("Operations") or () if isinstance(given, dict) else ():
            if isinstance(one, dict) and (one.get("method"), str(one.get("path")).lower()) == ("POST", "/users"):
                one["data"] = _active(one.get("data"))
        return super().read_bulk(json.dumps(given).encode(), content_type)


def _active(given: Any) -> Any:
    """A user's body with `active` said."""
    silent = isinstance(given, dict) and "active" not in {str(name).lower() for name in given}
    return {**given, "active": True} if silent else given


@cache
def service() -> Service:
    """The one description of the server, for every agency."""
    config = ServiceProviderConfig(
        documentation_uri=None,
        patch=Patch(supported=True),
        bulk=Bulk(supported=True, max_operations=MOST, max_payload_size=1 << 20),
        filter=Filter(supported=True, max_results=MOST),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=True),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="Service token",
                description="A token of the agency with the scope scim, in the header Authorization: Bearer.",
                spec_uri=Reference[External]("https://www.rfc-editor.org/info/rfc6750"),
            )
        ],
    )
    # As Microsoft Entra and Okta really speak: more attributes, removals with a value, filters of nothing.
    policy = ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    )
    return Service(ScimProvider([User, Group], config=config, policy=policy))
