"""The addresses of pages about people: teams, invitations, accounts, signing in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.routing import BaseRoute, Route

from services.review.portal.account import account
from services.review.portal.people import invitation, person, teams
from services.review.portal.sign_in import oidc, sign_in
from services.review.portal.visits.endpoint import endpoint
from services.review.portal.visits.visit import Role

if TYPE_CHECKING:
    from services.review.portal.visits.endpoint import Page

_ANYBODY: list[tuple[str, str, Page]] = [
    ("GET", "/portal/sign-in", sign_in.show),
    ("POST", "/portal/sign-in", sign_in.submit),
    ("POST", "/portal/sign-out", sign_in.sign_out),
    ("GET", "/portal/oidc/start", oidc.start),
    ("GET", "/portal/oidc/callback", oidc.callback),
    ("GET", "/portal/invitation", invitation.show),
    ("POST", "/portal/invitation", invitation.accept),
]
_WORKERS: list[tuple[str, str, Page]] = [
    ("GET", "/portal/account", account.show),
    ("POST", "/portal/account/name", account.change_name),
    ("POST", "/portal/account/password", account.change_password),
    ("POST", "/portal/account/sign-out-everywhere", account.sign_out_everywhere),
]
_ADMINISTRATORS: list[tuple[str, str, Page]] = [
    ("GET", "/portal/admin/teams", teams.show),
    ("POST", "/portal/admin/teams", teams.create),
    ("POST", "/portal/admin/teams/{team}/members", teams.add_member),
    ("POST", "/portal/admin/teams/{team}/members/{person}/remove", teams.remove_member),
    ("POST", "/portal/admin/invitations", teams.invite),
    ("POST", "/portal/admin/invitations/{invitation:int}/resend", teams.resend),
    ("POST", "/portal/admin/invitations/{invitation:int}/revoke", teams.revoke),
    ("GET", "/portal/admin/people/{person}", person.show),
    ("POST", "/portal/admin/people/{person}/role", person.change_role),
    ("POST", "/portal/admin/people/{person}/deactivate", person.deactivate),
    ("POST", "/portal/admin/people/{person}/reactivate", person.reactivate),
    ("POST", "/portal/admin/people/{person}/new-password", person.offer_new_password),
]


def people_routes() -> list[BaseRoute]:
    """List the routes."""
    entrances = ((_ANYBODY, Role.ANYBODY), (_WORKERS, Role.WORKER), (_ADMINISTRATORS, Role.ADMINISTRATOR))
    return [
        Route(path, endpoint(page, role), methods=[method]) for pages, role in entrances for method, path, page in pages
    ]
