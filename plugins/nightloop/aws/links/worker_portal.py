"""Leads to the page where reviewers work."""

from __future__ import annotations

import ipaddress
import logging
from typing import TYPE_CHECKING

from airflow.providers.amazon.aws.links.base_aws import BaseAwsLink

from nightloop.aws.errors import NightloopError

if TYPE_CHECKING:
    from airflow.sdk import BaseOperator, Context

    from nightloop.aws.hooks.review_flow import ReviewFlowHook

log = logging.getLogger(__name__)


class WorkerPortalLink(BaseAwsLink):
    """The portal of the work team."""

    name = "Worker portal"
    key = "worker_portal"
    format_str = "{scheme}://{portal}"

    @classmethod
    def persist_for(cls, context: Context, operator: BaseOperator, hook: ReviewFlowHook, workteam_arn: str) -> None:
        """Ask for the portal of a work team and remember it; a team without a portal gets no link.

        A missing link never fails a task.
        """
        try:
            portal = hook.portal_domain(workteam_arn)
        except NightloopError as error:
            log.warning("No link to the portal of %s: %s", workteam_arn, error)
            return
        if portal:
            cls.persist(
                context=context,
                operator=operator,
                region_name=hook.conn_region_name,
                aws_partition=hook.conn_partition,
                portal=portal,
                scheme=_scheme(portal),
            )

    @classmethod
    def address(cls, hook: ReviewFlowHook, workteam_arn: str) -> str | None:
        """Return the address of a work team's portal, None for a team without one."""
        portal = hook.portal_domain(workteam_arn)
        return cls.format_str.format(scheme=_scheme(portal), portal=portal) if portal else None


def _scheme(portal: str) -> str:
    return "http" if _is_local(portal) else "https"


def _is_local(portal: str) -> bool:
    """Say whether a portal is on this machine or a private address, where there is no certificate."""
    host = portal.split("/", 1)[0].rsplit(":", 1)[0].strip("[]")
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost" or "." not in host
