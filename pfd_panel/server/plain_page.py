"""Small pages of their own, without any other file: refusals in words, the log-in page. Both themes, any width."""

from typing import Literal

from markupsafe import Markup

from pfd_panel.theme.tokens import FONT, MONO, css_variables

Theme = Literal["light", "dark", ""]
"""What the reader chose; empty follows the system."""

_STYLE = """*{{box-sizing:border-box}}
body{{margin:0;background:var(--p-canvas);color:var(--p-text);font:13px/20px {font}}}
main{{max-width:440px;margin:min(18vh,160px) auto 24px;padding:24px;background:var(--p-surface);
border:1px solid var(--p-line);border-radius:8px}}
main.narrow{{max-width:360px}}
@media (max-width:480px){{main,main.narrow{{max-width:none;margin:0;min-height:100vh;border:0;border-radius:0}}}}
h1{{font-size:20px;line-height:28px;margin:0 0 8px}}p{{margin:0 0 8px;color:var(--p-text2)}}a{{color:var(--p-accent)}}
code{{font-family:{mono};background:var(--p-sunken);padding:1px 4px;border-radius:4px}}
.n{{font-size:12px;color:var(--p-text3)}}form+.n,a.button+.n{{margin:16px 0 0}}
.brand{{display:flex;align-items:center;gap:8px;font-weight:700;font-size:15px;margin-bottom:16px}}
label{{display:block;margin-top:12px;font-weight:500}}label small{{font-weight:400;color:var(--p-text2);font-size:12px}}
input{{display:block;width:100%;height:36px;margin-top:4px;padding:0 10px;border:1px solid var(--p-control);
border-radius:6px;background:var(--p-surface);color:var(--p-text);font:inherit;font-size:16px}}
button{{width:100%;height:36px;margin-top:20px;border:0;border-radius:6px;background:var(--p-accent);
color:var(--p-on-accent);font:inherit;font-weight:500;cursor:pointer}}
a.button{{display:block;height:36px;line-height:34px;margin-top:12px;text-align:center;text-decoration:none;
border:1px solid var(--p-control);border-radius:6px;color:var(--p-text);font-weight:500}}
input:focus-visible,button:focus-visible,a.button:focus-visible{{outline:2px solid var(--p-accent);outline-offset:2px}}
.said{{margin:12px 0 0;padding:8px 12px;border-radius:6px;background:var(--p-alarm-bg);color:var(--p-alarm)}}
.said.good{{background:var(--p-healthy-bg);color:var(--p-healthy)}}"""

MARK = Markup(
    '<svg width="22" height="22" viewBox="0 0 24 24" fill="none" stroke="var(--p-accent)" stroke-width="2.2" '
    'stroke-linejoin="round" stroke-linecap="round" aria-hidden="true"><path d="M2 12h4l3-8 5 16 3-8h5"/></svg>'
)


def plain_page(title: str, body: Markup, *, theme: Theme = "", script: Markup = Markup("")) -> bytes:
    """A whole page around `body`; `script` is its script element, if it has one."""
    style = Markup(_theme_style(theme) + _STYLE.format(font=FONT, mono=MONO))  # noqa: S704 - our own constants
    return (
        Markup(
            '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            "<title>{} · PFD Panel</title><style>\n{}\n</style>{}</head><body>{}</body></html>"
        )
        .format(title, style, script, body)
        .encode()
    )


def _theme_style(theme: Theme) -> str:
    if theme:
        return f":root{{color-scheme:{theme};{_declarations(theme)}}}\n"
    dark = f"@media (prefers-color-scheme:dark){{:root{{{_declarations('dark')}}}}}\n"
    return f":root{{color-scheme:light dark;{_declarations('light')}}}\n{dark}"


def _declarations(theme: Literal["light", "dark"]) -> str:
    return ";".join(f"{name}:{value}" for name, value in css_variables(theme).items())
