"""`pfd health` and `pfd alerts …`."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import Exit, say, show, spoken_errors, table

WORDS = {"healthy": "●", "watch": "▲", "alarm": "■", "unknown": "○"}


class Side(StrEnum):
    """On which side of the threshold something is wrong."""

    ABOVE = "above"
    BELOW = "below"


class Severity(StrEnum):
    """How much a rule matters."""

    WATCH = "watch"
    ALARM = "alarm"


Lasting = Annotated[float | None, typer.Option("--for", min=0, help="Seconds for which it must be wrong.")]


@app.command()
def health(context: typer.Context, as_json: Json = False) -> None:
    """Measure the system: machine, database, store, workers, queue (exit 1 if a part is in alarm)."""
    from pfd_panel.services import health as service

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        report = service.report(bench.context)
        parts = report.parts
        rows = [(f"{WORDS[one.state]} {one.name}", one.value, one.word, one.fix) for one in parts]
        told = asdict(report) | {"parts": [asdict(one) for one in parts]}
        show(told, as_json=as_json, words=lambda: table(("Part", "Measured", "State", "What to do"), rows))
        if any(one.state == "alarm" for one in parts):
            raise typer.Exit(int(Exit.FAILED))


alerts = typer.Typer(
    no_args_is_help=False, help="Alert rules, what they told, and webhooks.", invoke_without_command=True
)
app.add_typer(alerts, name="alerts")


@alerts.callback()
def listing(context: typer.Context, as_json: Json = False) -> None:
    """List the rules and where each stands."""
    from pfd_panel.services import alerts as service

    if context.invoked_subcommand is not None:
        return
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        rules = service.page(bench.context)
        rows = [(one.name, one.words, one.severity, one.state or "new" if one.enabled else "off") for one in rules]
        told = {"rules": [asdict(one) for one in rules]}
        show(told, as_json=as_json, words=lambda: table(("Rule", "Speaks when", "Weight", "Now"), rows))


@alerts.command()
def add(
    context: typer.Context,
    name: str,
    metric: Annotated[str, typer.Argument(help="What is measured, as cpu_percent; a wrong name lists all.")],
    side: Side,
    threshold: float,
    lasting: Lasting = None,
    severity: Severity = Severity.WATCH,
    as_json: Json = False,
) -> None:
    """Watch a measure: pfd alerts add "Long queue" queued_jobs above 50 --for 300."""
    from pfd_panel.services import alerts as service

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        made = service.add(
            bench.context,
            name,
            metric,
            threshold,
            above=side is Side.ABOVE,
            for_s=lasting or 0.0,
            severity=severity.value,
        )
        show(asdict(made), as_json=as_json, words=lambda: say(f"{made.name}: {made.words}"))


@alerts.command("set")
def change(
    context: typer.Context,
    rule: str,
    name: Annotated[str | None, typer.Option(help="New name.")] = None,
    threshold: Annotated[float | None, typer.Option(help="New threshold.")] = None,
    lasting: Lasting = None,
    severity: Annotated[Severity | None, typer.Option(help="How much it matters.")] = None,
    on: Annotated[bool | None, typer.Option("--on/--off", help="Whether it is in use.")] = None,
    as_json: Json = False,
) -> None:
    """Change a rule, or switch it on or off."""
    from pfd_panel.services import alerts as service

    given = {
        "name": name,
        "threshold": threshold,
        "for_s": lasting,
        "severity": severity.value if severity else None,
        "enabled": on,
    }
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        fields: dict[str, Any] = {key: value for key, value in given.items() if value is not None}
        made = service.change(bench.context, rule, **fields)
        state = "" if made.enabled else " (off)"
        show(asdict(made), as_json=as_json, words=lambda: say(f"{made.name}: {made.words}{state}"))


@alerts.command()
def remove(context: typer.Context, rule: str, as_json: Json = False) -> None:
    """Delete a rule."""
    from pfd_panel.services import alerts as service

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        service.remove(bench.context, rule)
        show({"removed": rule}, as_json=as_json, words=lambda: say(f"{rule}: removed"))


@alerts.command()
def inbox(
    context: typer.Context,
    unread: Annotated[bool, typer.Option("--unread", help="Only what has not been read.")] = False,
    mark: Annotated[bool, typer.Option("--mark", help="Mark everything as read afterwards.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: Json = False,
) -> None:
    """Print the messages, newest first."""
    from pfd_panel.services import notifying

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = [
            {"id": one.event.id, "at": one.event.at, "read": one.read}
            | {name: getattr(one.event, name) for name in ("kind", "severity", "title", "text", "value")}
            for one in notifying.page(bench.context, unread=unread, limit=limit).rows
        ]
        rows = [(f"{one['at']:%Y-%m-%d %H:%M}", one["severity"], one["title"], one["text"]) for one in found]
        if mark:
            notifying.mark_read(bench.context)
        show({"messages": found}, as_json=as_json, words=lambda: table(("UTC", "Weight", "What", ""), rows))


@alerts.command("try")
def attempt(
    context: typer.Context,
    channel: Annotated[str, typer.Argument(help="inbox, email, or the name of a webhook.")],
    as_json: Json = False,
) -> None:
    """Send a test message (exit 1 if it did not arrive)."""
    from pfd_panel.services import notifying

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        if channel == "inbox":
            event = notifying.try_inbox(bench.context)
            show({"id": event.id}, as_json=as_json, words=lambda: say("A test message is in your inbox."))
            return
        send = notifying.try_email if channel == "email" else lambda who: notifying.try_webhook(who, channel)
        tried = send(bench.context)
        told = {"state": tried.state, "to": tried.label, "answer": tried.answer}
        show(told, as_json=as_json, words=lambda: say(f"{tried.label}: {tried.state}, {tried.answer}"))
        if tried.state != "sent":
            raise typer.Exit(int(Exit.FAILED))


@alerts.command()
def webhooks(context: typer.Context, as_json: Json = False) -> None:
    """List the webhooks."""
    from pfd_panel.services import notifying

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        hooks = notifying.hooks(bench.context)
        rows = [(one.name, one.url, "on" if one.enabled else "off") for one in hooks]
        told = {"webhooks": [asdict(one) for one in hooks]}
        show(told, as_json=as_json, words=lambda: table(("Name", "Address", "In use"), rows))


@alerts.command("add-webhook")
def add_webhook(context: typer.Context, name: str, url: str, as_json: Json = False) -> None:
    """Tell an address of every message; prints the secret that signs them, this once."""
    from pfd_panel.services import notifying

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        made = notifying.add_webhook(bench.context, name, url)
        words = f"{made.hook.name} is told at {made.hook.url}.\nIts secret, shown only now: {made.secret}"
        show(asdict(made), as_json=as_json, words=lambda: say(words))


@alerts.command("remove-webhook")
def remove_webhook(context: typer.Context, name: str, as_json: Json = False) -> None:
    """Delete a webhook."""
    from pfd_panel.services import notifying

    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        notifying.remove_webhook(bench.context, name)
        show({"removed": name}, as_json=as_json, words=lambda: say(f"{name}: removed"))
