"""Style of what only the Compare page has: the list of signals, what a search found, remarks."""

from markupsafe import Markup

from pfd_panel.components.live import Live

COMPARE = """
.series { display: inline-flex; align-items: center; gap: 8px; }
.series svg { flex: none; }
.found { display: flex; flex-direction: column; gap: 0; margin: 0 12px 10px; border: 1px solid var(--p-line);
  border-radius: 6px; overflow: hidden; }
.found button { display: flex; gap: 12px; align-items: center; padding: 6px 10px; border: 0; background: none;
  font: inherit; color: var(--p-text); text-align: left; cursor: pointer; min-width: 0; }
.found button + button { border-top: 1px solid var(--p-line); }
.found button:hover { background: var(--p-sunken); }
.found button > span:nth-child(2) { flex: 1 1 auto; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.found .note { white-space: nowrap; }
.found button[disabled] { opacity: .5; cursor: default; }
.remarks { display: flex; flex-direction: column; align-items: flex-start; gap: 4px; padding: 0 0 8px; font-size: 12px;
  line-height: 16px; color: var(--p-text2); overflow-wrap: anywhere; }
.statement { margin: 0 0 6px; overflow-wrap: anywhere; }
.remarks b { color: var(--p-text); font-weight: 400; }
td .tool { vertical-align: middle; }
ol.out { margin: 4px 0 12px; padding-left: 20px; }
ol.out li { padding: 3px 0; overflow-wrap: anywhere; }
"""


def said(words: Markup) -> Live:
    """Words above a plot in a card, as high as they are."""
    return Live(words, stylesheets=[COMPARE], margin=0)
