"""Who has an account, and who changed what: for administrators."""

from pfd_panel.pages.people.audit import PAGE as AUDIT
from pfd_panel.pages.people.audit import AuditLog
from pfd_panel.pages.people.page import PAGE, People

__all__ = ["AUDIT", "PAGE", "AuditLog", "People"]
