"""The second factor: set up with an app, recovery codes shown once, dropped again."""

from collections.abc import Mapping

import panel as pn
from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components.layout import stack
from pfd_panel.components.live import Live
from pfd_panel.components.markup import button, chip, key_values
from pfd_panel.components.qr import qr_code
from pfd_panel.pages.account.form import PRESENT, Entry, SecretForm
from pfd_panel.pages.factory import toast
from pfd_panel.services import account
from pfd_panel.services.context import Context

CODE = Entry("code", "Code of the app", "one-time-code", note="six digits, as shown now")


class SecondFactor(Viewer):
    """Whether there is one, and the way to another state."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context
        self.begun: account.Enrolment | None = None
        self.state = Live(margin=0, on={"begin": lambda _: self.begin()})
        self.forms: tuple[SecretForm, ...] = ()
        self.below = pn.Column(margin=0, sizing_mode="stretch_width")
        self.draw()

    def draw(self, codes: list[str] | None = None) -> None:
        """What is set up now; fresh recovery codes if there are any to show."""
        me = account.me(self.context)
        if me.second_factor:
            told = f"{me.recovery_codes} unused recovery codes. Signing in asks for a code of the app."
            self.state.html = str(Markup("{} {}{}").format(chip("healthy", "On"), told, _shown_once(codes)))
            self._ask(
                SecretForm([PRESENT], "New recovery codes", self.renew, icon_name="restore"),
                SecretForm([PRESENT], "Turn the second factor off", self.drop, icon_name="close"),
            )
            return
        self.state.html = str(
            Markup('{} {}<div class="row" style="margin-top:12px">{}</div>').format(
                chip("watch", "Off"),
                "A stolen password is enough to sign in as you.",
                button("Set it up", icon_name="add", send="begin", kind="primary"),
            )
        )
        self._ask()

    def _ask(self, *forms: SecretForm) -> None:
        self.forms = forms
        self.below[:] = list(forms)

    def begin(self) -> None:
        """Show a secret for the app, and ask for a code of it."""
        self.begun = account.begin_second_factor(self.context)
        secret = " ".join(self.begun.secret[start : start + 4] for start in range(0, len(self.begun.secret), 4))
        self.state.html = str(
            Markup(
                "<p>Scan this with your authenticator app, or type its key there; then type the code it shows.</p>{}{}"
            ).format(
                qr_code(self.begun.address, "Code to scan with an authenticator app"),
                key_values([("Key", secret), ("Kind", "time based, 6 digits, 30 s"), ("Address", self.begun.address)]),
            )
        )
        self._ask(SecretForm([PRESENT, CODE], "Turn the second factor on", self.confirm, icon_name="check"))

    def confirm(self, typed: Mapping[str, str]) -> None:
        """The app and the server agree: from now on codes are asked for."""
        assert self.begun is not None
        codes = account.confirm_second_factor(self.context, typed["present"], self.begun.secret, typed["code"])
        self.begun = None
        self.draw(codes)
        toast("The second factor is on.")

    def renew(self, typed: Mapping[str, str]) -> None:
        """Fresh recovery codes; the old ones are void."""
        self.draw(account.renew_recovery_codes(self.context, typed["present"]))

    def drop(self, typed: Mapping[str, str]) -> None:
        """Sign in with the password alone."""
        account.drop_second_factor(self.context, typed["present"])
        self.draw()
        toast("The second factor is off.", "warning")

    def __panel__(self) -> pn.Column:
        return stack(self.state, self.below)


def _shown_once(codes: list[str] | None) -> Markup:
    if not codes:
        return Markup("")
    lines = Markup("").join(Markup("<li><code>{}</code></li>").format(code) for code in codes)
    return Markup(
        "<p><b>Recovery codes, shown this once.</b> Keep them away from the phone: each stands in for it one time.</p>"
        '<ul style="columns:2">{}</ul>'
    ).format(lines)
