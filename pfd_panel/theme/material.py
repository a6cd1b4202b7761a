"""The tokens as Material UI sees them: palette, type, shape and the quiet app bar of every page."""

from typing import Any

from pfd_panel.theme.tokens import FONT, PALETTES, THEMES, Theme, css_variables

HEADER = 48
SIDEBAR = 200


def _scheme(theme: Theme) -> dict[str, Any]:
    ink = PALETTES[theme]
    return {
        "palette": {
            # the app bar is painted with primary.contrastText, so this must be the surface (see `PAGE_STYLE`)
            "primary": {"main": ink["accent"], "contrastText": ink["surface"]},
            "default": {
                "main": ink["text"],
                "light": ink["sunken"],
                "dark": ink["text2"],
                "contrastText": ink["surface"],
            },
            "error": {"main": ink["alarm"]},
            "warning": {"main": ink["watch"]},
            "success": {"main": ink["healthy"]},
            "info": {"main": ink["accent"]},
            "background": {"default": ink["surface"], "paper": ink["surface"]},
            "text": {"primary": ink["text"], "secondary": ink["text2"], "disabled": ink["text3"]},
            "divider": ink["line"],
        },
        "chart_style": "standard",
        "shape": {"borderRadius": 6},
        "breakpoints": {"values": {"xs": 0, "sm": 700, "md": 900, "lg": 1100, "xl": 1536}},
        "typography": {
            "fontFamily": FONT,
            "fontSize": 13,
            "button": {"textTransform": "none", "fontWeight": 400},
            "body1": {"fontSize": 13, "lineHeight": "20px"},
            "body2": {"fontSize": 13, "lineHeight": "20px"},
        },
        "components": {
            "MuiPaper": {"styleOverrides": {"root": {"backgroundImage": "none"}}},
            "MuiButton": {
                "defaultProps": {"disableElevation": True},
                "styleOverrides": {"root": {"boxShadow": "none"}},
            },
            "MuiAppBar": {"defaultProps": {"elevation": 0}},
            "MuiOutlinedInput": {
                "styleOverrides": {"notchedOutline": {"borderColor": ink["control"]}, "root": {"fontSize": 13}}
            },
            "MuiToggleButton": {"styleOverrides": {"root": {"color": ink["text2"], "borderColor": ink["line"]}}},
        },
    }


THEME_CONFIG: dict[str, Any] = {theme: _scheme(theme) for theme in THEMES}
"""`theme_config` of the page: everything below inherits it."""

PAGE_STYLE: dict[str, Any] = {
    "&.mui-light": css_variables("light"),
    "&.mui-dark": css_variables("dark"),
    "--bokeh-font-size": "12px",
    "--p-font": FONT,
    "position": "fixed",
    "top": 0,
    "left": 0,
    "fontVariantNumeric": "tabular-nums",
    # exactly these two keys: anything else makes header children inherit an inverted theme
    ".MuiAppBar-root": {"bgcolor": "primary.contrastText", "color": "primary.main"},
    "& .MuiAppBar-root.header": {"borderBottom": "1px solid var(--p-line)", "boxShadow": "none"},
    "& .MuiToolbar-root": {"minHeight": f"{HEADER}px !important", "margin": 0, "padding": "0 16px 0 20px"},
    "& .MuiAppBar-root .MuiIconButton-root": {"color": "var(--p-text2)", "marginRight": "4px"},
    "& .MuiAppBar-root .MuiLinearProgress-root": {"position": "absolute", "bottom": 0, "height": "2px"},
    "& .MuiDrawer-paper": {
        "borderRight": "1px solid var(--p-line)",
        "backgroundColor": "var(--p-surface)",
    },
    "& main.main": {"backgroundColor": "var(--p-canvas)"},
    "& .main-content": {"backgroundColor": "var(--p-canvas)", "scrollbarGutter": "auto"},
}
"""`sx` of the page; the custom properties reach every shadow root below it."""
