"""Where the filters of the Explorer stand: beside the content, or in a drawer where there is no room."""

FILTERS = """
.only-narrow { display: none; }
@media (max-width: 1100px) { .only-narrow { display: inline-flex; } }
"""

DRAWER = """
@media (max-width: 1100px) {
  :host(.closed) { display: none !important; }
  :host { position: fixed !important; z-index: 40; top: 48px !important; left: 0 !important; bottom: 0;
    width: min(300px, 84vw) !important; height: auto !important; overflow-y: auto; background: var(--p-surface);
    border-right: 1px solid var(--p-line); box-shadow: 0 6px 24px rgb(0 0 0 / .18); }
}
"""
