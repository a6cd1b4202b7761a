"""`pfd users …`, `pfd keys …` and `pfd audit`: accounts from the shell of the machine that has the data."""

import sys
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import typer

from pfd_panel.cli.app import Globals, app
from pfd_panel.cli.options import Json
from pfd_panel.cli.output import Exit, say, show, spoken_errors, stop, table

users = typer.Typer(no_args_is_help=True, help="List, add, invite, change and remove people.")
keys = typer.Typer(no_args_is_help=True, help="Mint, list and revoke API keys.")
app.add_typer(users, name="users")
app.add_typer(keys, name="keys")

Name = Annotated[str, typer.Argument(help="Name to sign in with.")]
Role = Annotated[str, typer.Option(help="viewer (reads), operator (works) or admin (manages people too).")]
Shown = Annotated[str, typer.Option("--display-name", help="Name shown to people.")]


def words_of(person: Any) -> None:
    """One account for a person."""
    list_people([person])


def list_people(listed: list[Any]) -> None:
    """Accounts as a table."""
    rows = [
        (one.name, one.display_name, one.role, one.state, "yes" if one.second_factor else "no", one.sessions, one.keys)
        for one in listed
    ]
    table(("User", "Name", "Role", "State", "Second factor", "Signed in", "Keys"), rows, right=(5, 6))


@users.command("list")
def list_users(context: typer.Context, as_json: Json = False) -> None:
    """List everyone with an account."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        listed = bench.users()
        show({"users": listed}, as_json=as_json, words=lambda: list_people(listed))


@users.command("add")
def add_user(
    context: typer.Context,
    name: Name,
    role: Role = "viewer",
    display_name: Shown = "",
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input instead of asking.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Add someone with a password, which is asked for; the first one is an administrator."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json):
        password = read_password(password_stdin, as_json=as_json)
        with options.workbench() as bench:
            made = bench.add_user(name, role, password, display_name=display_name)
        show(made, as_json=as_json, words=lambda: words_of(made))


def read_password(from_stdin: bool, *, as_json: bool) -> str:
    """A password typed twice on the terminal, or the first line of standard input; never an argument."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        hint = "Run it in a terminal, or pass the password with --password-stdin."
        stop("there is no terminal to ask for the password", hint, as_json=as_json, status=Exit.USAGE)
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))


@users.command()
def invite(
    context: typer.Context, name: Name, role: Role = "viewer", display_name: Shown = "", as_json: Json = False
) -> None:
    """Invite someone, who chooses a password with the token within a week."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        issued = bench.invite_user(name, role, display_name=display_name)
        show(issued, as_json=as_json, words=lambda: tell_token(issued))


@users.command()
def reset(context: typer.Context, name: Name, as_json: Json = False) -> None:
    """Let someone choose a new password with a token within a day, and lift a lock-out."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        issued = bench.reset_user(name)
        show(issued, as_json=as_json, words=lambda: tell_token(issued))


def tell_token(issued: Any) -> None:
    """A one-time token for the person who passes it on."""
    say(f"Token for {issued.name}, shown once, valid until {issued.expires_at:%Y-%m-%d %H:%M} UTC:")
    say(f"  {issued.token}")


def changes(name: str, method: str, help_text: str) -> None:
    """Register a command that changes one account and shows it."""

    def command(context: typer.Context, user: Name, as_json: Json = False) -> None:
        options: Globals = context.obj
        with spoken_errors(as_json=as_json), options.workbench() as bench:
            act: Callable[[str], Any] = getattr(bench, method)
            changed = act(user)
            if changed is None:
                told = {"user": user, "done": name}
                show(told, as_json=as_json, words=lambda: say(f"Done: {name} {user}."))
            else:
                show(changed, as_json=as_json, words=lambda: words_of(changed))

    users.command(name, help=help_text)(command)


changes("disable", "disable_user", "Shut an account at once; sign-ins and keys end, data stays.")
changes("enable", "enable_user", "Open a disabled account again.")
changes("remove", "remove_user", "Remove an account for good; its name is not given again.")
changes("unlock", "unlock_user", "Forget failed attempts, so that someone who was locked out can try again.")
changes("drop-second-factor", "drop_second_factor", "Let someone who lost phone and codes sign in by password alone.")


changes("unlink", "unlink_user", "Let nobody sign in as someone by another service any more; sign-ins end.")


@users.command("link")
def link_user(
    context: typer.Context,
    name: Name,
    issuer: Annotated[str, typer.Argument(help="Address of the service, as in PFD_OIDC_ISSUER.")],
    subject: Annotated[str, typer.Argument(help="What its statements call the person (sub).")],
    as_json: Json = False,
) -> None:
    """Let someone sign in by another service too."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        changed = bench.link_user(name, issuer, subject)
        show(changed, as_json=as_json, words=lambda: words_of(changed))


@users.command("role")
def set_role(context: typer.Context, name: Name, role: Annotated[str, typer.Argument()], as_json: Json = False) -> None:
    """Give someone another role; a lower one ends sign-ins and keys."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        changed = bench.set_role(name, role)
        show(changed, as_json=as_json, words=lambda: words_of(changed))


@keys.command("add")
def add_key(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    user: Annotated[str | None, typer.Option(help="Whose key it is; needed where there are accounts.")] = None,
    scope: Annotated[
        list[str] | None, typer.Option(help="read, work or administer; all that the role may if none is given.")
    ] = None,
    days: Annotated[float, typer.Option(help="How long it is valid.")] = 90.0,
    never_expires: Annotated[bool, typer.Option("--never-expires", help="Valid until it is revoked.")] = False,
    as_json: Json = False,
) -> None:
    """Mint a key; the token is shown once."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        made = bench.add_key(name, scopes=scope or (), days=None if never_expires else days, user=user)
        until = "until it is revoked" if made.key.expires_at is None else f"until {made.key.expires_at:%Y-%m-%d}"

        def words() -> None:
            say(f"Key of {made.key.user}, shown once, valid {until}:")
            say(f"  {made.token}")

        show(made, as_json=as_json, words=words)


@keys.command("list")
def list_keys(
    context: typer.Context,
    user: Annotated[str | None, typer.Option(help="Only the keys of this user.")] = None,
    as_json: Json = False,
) -> None:
    """List keys, revoked and expired ones too."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        listed = bench.keys(user)
        rows = [
            (one.id, one.user, one.name, ", ".join(one.scopes) or "all", day(one.expires_at), one.uses, state_of(one))
            for one in listed
        ]
        headers = ("Id", "User", "For", "Scopes", "Until", "Uses", "State")
        show({"keys": listed}, as_json=as_json, words=lambda: table(headers, rows, right=(5,)))


def state_of(key: Any) -> str:
    """Whether a key opens anything, in a word."""
    return "revoked" if key.revoked_at else "valid" if key.valid else "expired"


def day(moment: datetime | None) -> str:
    """A day as people write it, or that there is none."""
    return "–" if moment is None else f"{moment:%Y-%m-%d}"


@keys.command()
def revoke(context: typer.Context, key_id: Annotated[str, typer.Argument(metavar="ID")], as_json: Json = False) -> None:
    """Make a key useless, at once."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        revoked = bench.revoke_key(key_id)
        show(revoked, as_json=as_json, words=lambda: say(f"Revoked: {revoked.name} of {revoked.user}."))


@app.command()
def audit(
    context: typer.Context,
    user: Annotated[str | None, typer.Option(help="Only what this user did.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action, as 'sign in' or 'delete'.")] = None,
    kind: Annotated[str | None, typer.Option(help="Only changes of this kind of thing, as dataset or user.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    as_json: Json = False,
) -> None:
    """Say who changed what, newest first; the log can only grow."""
    options: Globals = context.obj
    with spoken_errors(as_json=as_json), options.workbench() as bench:
        found = bench.audit(user=user, action=action, subject_kind=kind, offset=offset, limit=limit)
        rows = [
            (f"{one.at:%Y-%m-%d %H:%M:%S}", one.user, one.action, f"{one.subject_kind} {one.subject_id}", one.detail)
            for one in found.rows
        ]

        def words() -> None:
            table(("When (UTC)", "Who", "Did", "To what", "Detail"), rows)
            if found.total > len(rows):
                say(f"{len(rows)} of {found.total} entries; --offset {offset + limit} shows older ones.")

        show({"entries": found.rows, "total": found.total}, as_json=as_json, words=words)
