"""What the log-in page and the page to choose a password look like: plain forms, which need no script."""

from urllib.parse import quote

from markupsafe import Markup

from pfd_panel.server.plain_page import MARK, Theme, plain_page

# tells the first page which theme and width this browser has, so that it need not flash
_TELL = Markup("""<script nonce="{}">
const keep = (name, value) => {{ document.cookie = `${{name}}=${{value}}; Path=/; Max-Age=31536000; SameSite=Lax` }}
keep('pfd_prefers', matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')
keep('pfd_narrow', innerWidth < 700 ? 1 : 0)
</script>""")

_FRAME = Markup('<main class="narrow"><div class="brand">{}PFD Panel</div><h1>{}</h1>{}{}</main>')

_LOGIN = Markup("""
<form method="post" action="/login">
<input type="hidden" name="csrf" value="{csrf}"><input type="hidden" name="next" value="{next}">
<label>Name<input name="name" value="{name}" autocomplete="username" autocapitalize="none" spellcheck="false"
 required maxlength="200"{name_focus}></label>
<label>Password<input type="password" name="password" autocomplete="current-password" required
 maxlength="256"{password_focus}></label>
<label>Code <small>from your authenticator app, if you set one up</small>
<input name="code" inputmode="text" autocomplete="one-time-code" spellcheck="false" maxlength="64"></label>
<button>Log in</button></form>{elsewhere}
<p class="n"><a href="/reset">I have an invitation or a reset</a>{register}</p>""")

_ELSEWHERE = Markup('<a class="button" href="/login/oidc?next={next}">Log in with {label}</a>')
_REGISTER_LINK = Markup(' · <a href="/register">Make an account</a>')

_REGISTER = Markup("""
<p>You will see what the team sees, and change nothing.</p>
<form method="post" action="/register"><input type="hidden" name="csrf" value="{csrf}">
<label>Name <small>letters, digits and . _ @ + -</small><input name="name" value="{name}" autocomplete="username"
 autocapitalize="none" spellcheck="false" required maxlength="64" autofocus></label>
<label>Password <small>at least 12 characters</small>
<input type="password" name="password" autocomplete="new-password" required maxlength="256"></label>
<label>The same again<input type="password" name="again" autocomplete="new-password" required maxlength="256"></label>
<button>Make the account</button></form>
<p class="n"><a href="/login">I have an account</a></p>""")

_TOKEN = Markup("""
<p>An administrator gave you a token. It works once.</p>
<form method="get" action="/reset"><label>Token<input name="token" autocomplete="off" spellcheck="false" required
 maxlength="200" autofocus></label><button>Go on</button></form>""")

_CHOOSE = Markup("""
<form method="post" action="/reset">
<input type="hidden" name="csrf" value="{csrf}"><input type="hidden" name="token" value="{token}">
<input hidden name="username" value="{name}" autocomplete="username">
<label>New password <small>at least 12 characters</small>
<input type="password" name="password" autocomplete="new-password" required maxlength="256" autofocus></label>
<label>The same again<input type="password" name="again" autocomplete="new-password" required maxlength="256"></label>
<button>Set password</button></form>""")


def login_page(
    *,
    csrf: str,
    target: str,
    nonce: str,
    name: str = "",
    said: str = "",
    good: bool = False,
    theme: Theme = "",
    elsewhere: str = "",
    registers: bool = False,
) -> bytes:
    """The log-in page.

    Parameters
    ----------
    csrf : str
        Token of the form.
    target : str
        Where to go afterwards.
    nonce : str
        Of its script.
    name : str
        Filled in.
    said : str
        A sentence above the form; `good` if it is no refusal.
    elsewhere : str
        What another sign-in service is called; empty without one.
    registers : bool
        Whether people may make accounts.
    """
    focus = Markup(" autofocus")
    form = _LOGIN.format(
        csrf=csrf,
        next=target,
        name=name,
        name_focus="" if name else focus,
        password_focus=focus if name else "",
        elsewhere=_ELSEWHERE.format(next=quote(target, safe=""), label=elsewhere) if elsewhere else "",
        register=_REGISTER_LINK if registers else "",
    )
    body = _FRAME.format(MARK, "Log in", _said(said, good), form)
    return plain_page("Log in", body, theme=theme, script=_TELL.format(nonce))


def register_page(*, csrf: str, name: str = "", said: str = "", theme: Theme = "") -> bytes:
    """The page on which anyone makes an account, where that is switched on."""
    body = _FRAME.format(MARK, "Make an account", _said(said, False), _REGISTER.format(csrf=csrf, name=name))
    return plain_page("Make an account", body, theme=theme)


def token_page(*, theme: Theme = "") -> bytes:
    """The page on which someone enters an invitation or a reset that was not given as a link."""
    return plain_page("Choose a password", _FRAME.format(MARK, "Choose a password", "", _TOKEN), theme=theme)


def choose_page(*, csrf: str, token: str, name: str, said: str = "", theme: Theme = "") -> bytes:
    """The page on which someone who was invited, or whose password was reset, chooses one."""
    welcome = Markup("<p>For the account <b>{}</b>.</p>").format(name)
    form = _CHOOSE.format(csrf=csrf, token=token, name=name)
    body = _FRAME.format(MARK, "Choose a password", welcome + _said(said, False), form)
    return plain_page("Choose a password", body, theme=theme)


def _said(said: str, good: bool) -> Markup:
    if not said:
        return Markup("")
    return Markup('<p class="said{}" role="{}">{}</p>').format(
        " good" if good else "", "status" if good else "alert", said
    )
