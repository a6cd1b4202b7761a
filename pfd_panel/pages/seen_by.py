"""The field by which its owner says who sees a dataset or a model."""

from markupsafe import Markup

from pfd_panel.components.fields import field, select
from pfd_panel.services.context import Context

SEEN_BY = {"team": "The team", "private": "Its owner and administrators"}


def seen_by_field(context: Context, visibility: str, owner: str) -> Markup:
    """A choice that is sent as ``visibility``; only words for someone who may not choose."""
    mine = context.owns(owner) and context.user.may("work")
    shown = (
        select("visibility", SEEN_BY.items(), visibility) if mine else Markup("<b>{}</b>").format(SEEN_BY[visibility])
    )
    return field("Seen by", shown, note=f"owner: {owner}")
