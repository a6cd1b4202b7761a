"""Style of what only the Signal and Explorer pages have: a bar of controls, a form in a card, a drawer on phones."""

CONTROLS = """
.controls { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; padding: 10px 12px; }
.controls input[type=search], .controls input[type=text], .controls select, .form input {
  height: 32px; padding: 0 10px; border: 1px solid var(--p-control); border-radius: 6px; background: var(--p-surface);
  color: var(--p-text); font: inherit; min-width: 0; }
.controls input::placeholder { color: var(--p-text3); opacity: 1; }
.controls input[type=search] { flex: 1 1 180px; max-width: 340px; }
.controls input[type=text] { width: 76px; text-align: right; }
.controls input[type=text].word { width: 130px; text-align: left; }
.controls.plain { padding: 0; }
.controls.marked { padding-bottom: 10px; }
.controls .pair { display: inline-flex; align-items: center; gap: 6px; color: var(--p-text2); font-size: 12px;
  white-space: nowrap; }
.controls .pair .mark { color: var(--p-text); }
.switch { display: inline-flex; border: 1px solid var(--p-control); border-radius: 6px; overflow: hidden; }
.switch button { border: 0; background: none; padding: 0 10px; height: 30px; font: inherit; color: var(--p-text2);
  cursor: pointer; }
.switch button + button { border-left: 1px solid var(--p-line); }
.switch button[aria-pressed=true] { background: var(--p-sunken); color: var(--p-text); }
.switch button[disabled] { opacity: .45; cursor: default; }
.form { display: flex; flex-direction: column; gap: 8px; }
.form label { display: flex; align-items: center; gap: 12px; color: var(--p-text2); }
.form label span { flex: 0 0 40%; }
.form input { flex: 1 1 auto; width: 100%; }
.link.ranked { text-align: left; white-space: nowrap; }
.lines:has(.ranked) .bar { flex-basis: 26%; }
.tool[disabled] { opacity: .35; cursor: default; }
@media (max-width: 700px) {
  .controls input[type=search] { max-width: none; flex-basis: 100%; }
  .controls .pair[role=group] { flex-wrap: wrap; }
  .controls.marked .pair { flex: 1 1 100%; flex-wrap: wrap; }
  .controls.marked input.word { flex: 1 1 60px; }
}
"""

MENU = """
.more { position: relative; display: inline-flex; }
.more > summary { list-style: none; }
.more > summary::-webkit-details-marker { display: none; }
.more > div { position: absolute; right: 0; top: 30px; z-index: 20; min-width: 150px; padding: 4px; display: flex;
  flex-direction: column; background: var(--p-surface); border: 1px solid var(--p-line); border-radius: 8px;
  box-shadow: 0 6px 24px rgb(0 0 0 / .18); }
.more > div button { display: flex; align-items: center; gap: 8px; padding: 6px 10px; border: 0; border-radius: 6px;
  background: none; color: var(--p-text); font: inherit; text-align: left; cursor: pointer; white-space: nowrap; }
.more > div button:hover { background: var(--p-sunken); }
.more > div button .icon { font-size: 16px; color: var(--p-text2); }
.more > div button[disabled] { opacity: .4; cursor: default; }
.more > div.ticks { padding: 8px 12px; gap: 8px; left: 0; right: auto; top: 34px; }
.more > div.ticks label { color: var(--p-text); }
"""
"""A list of controls that opens under a button."""
