"""What each person chose for themselves."""

from typing import Any

from pydantic import ValidationError

from data_catalog import preferences
from pfd_panel.errors import RequestError
from pfd_panel.monitoring.choices import KEY, Choices
from pfd_panel.services.context import Context


def notifications(context: Context) -> Choices:
    """How the user wants to be told of alerts."""
    context.require("read")
    with context.read() as session:
        return Choices.model_validate(preferences.get(session, context.user.name, KEY))


def choose_notifications(context: Context, **changes: Any) -> Choices:
    """Change how the user wants to be told of alerts; nobody else's choices are touched.

    Raises
    ------
    RequestError
        There is no such choice, or its value does not fit.
    """
    context.require("read")
    unknown = set(changes) - set(Choices.model_fields)
    if unknown:
        raise RequestError(
            f"there is no choice called {', '.join(sorted(unknown))}",
            hint=f"There are {', '.join(Choices.model_fields)}.",
        )
    with context.write() as session:
        before = preferences.get(session, context.user.name, KEY)
        try:
            chosen = Choices.model_validate(before | changes)
        except ValidationError as error:
            first = error.errors()[0]
            said = str(first["msg"]).removeprefix("Value error, ")
            raise RequestError(f"{first['loc'][0]}: {said}", hint="Correct it and try again.") from error
        if chosen.email and not chosen.address:
            raise RequestError("no e-mail address is known", hint="Write one, then switch e-mail on.")
        preferences.put(session, context.user.name, KEY, chosen.model_dump(mode="json"))
    return chosen
