"""Style of what only comparisons of experiments have."""

from pfd_panel.components.fields import FIELD_STYLE
from pfd_panel.components.tabs import TAB_STYLE
from pfd_panel.pages.compare.style import COMPARE

STYLE = (
    COMPARE
    + FIELD_STYLE
    + TAB_STYLE
    + """
.measured { display: inline-flex; flex-direction: column; line-height: 16px; padding: 4px 0; }
.measured .muted { font-size: 11px; }
.reasons p { margin: 0 0 10px; overflow-wrap: anywhere; }
.pairing { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; padding-bottom: 8px; }
.pairing select { max-width: min(280px, 100%); }
"""
)
