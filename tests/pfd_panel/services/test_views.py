"""Views are kept as addresses, shown to whom their owner says, and tell nothing of what is hidden."""

import pytest

from data_catalog.errors import NotFoundError
from pfd_panel.errors import NotAllowedError, RequestError
from pfd_panel.services import collections, views
from pfd_panel.services.context import Context, User
from tests.pfd_panel.conftest import JOURNAL, RIG
from tests.pfd_panel.services.conftest import As


def test_a_view_is_kept_as_the_address_that_shows_it_again(acting: As) -> None:
    bob = acting("bob")
    asked = "?dataset=Test+rig&where=%7B%22fault%22%3A%5B%22ball%22%5D%7D&theme=dark&bokeh-x=1&empty="
    made = views.save(bob, " Drive   end ", "/explorer", asked)
    assert (made.name, made.owner, made.visibility) == ("Drive end", "bob", "private")
    assert made.address == "/explorer?dataset=Test+rig&where=%7B%22fault%22%3A%5B%22ball%22%5D%7D&empty="
    assert views.get(bob, made.id) == made
    assert views.listing(bob) == [made]


def test_what_is_no_address_of_the_product_is_not_kept(acting: As) -> None:
    for page, query, part in (
        ("signal", "", ""), ("//evil.example", "", ""), ("/signal/../x", "", ""), ("https://evil.example", "", ""),
        ("/signal", "a\nb", ""), ("/signal", "x" * 5000, ""), ("/signal", "", "everything"),
        ("/explorer", "", "spectrum"), ("/Signal", "", ""), ("/signal?x", "", ""), ("", "", ""),
    ):  # fmt: skip
        with pytest.raises(RequestError):
            views.save(acting("bob"), "x", page, query, part=part)
    assert views.listing(acting("ada")) == []


def test_a_view_has_a_name_that_can_be_read(acting: As) -> None:
    for name in ("", "   ", "x" * 121, "a\x07b"):
        with pytest.raises(RequestError, match="needs a name"):
            views.save(acting("bob"), name, "/")


def test_the_team_sees_what_it_is_shown_and_only_the_owner_changes_it(acting: As) -> None:
    ada, bob = acting("ada"), acting("bob")
    eve = ada.acting_as(User("eve", "operator"))
    made = views.save(bob, "mine", "/")
    with pytest.raises(NotFoundError):
        views.get(eve, made.id)
    with pytest.raises(NotFoundError):
        views.change(eve, made.id, name="theirs")
    views.change(bob, made.id, visibility="team")
    assert views.listing(eve) == [views.get(eve, made.id)]
    for change in (lambda: views.change(eve, made.id, name="theirs"), lambda: views.remove(eve, made.id)):
        with pytest.raises(NotAllowedError, match="belongs to bob"):
            change()
    assert views.change(ada, made.id, name="renamed").name == "renamed"
    with pytest.raises(RequestError, match="no visibility"):
        views.change(bob, made.id, visibility="public")
    views.remove(bob, made.id)
    assert views.listing(ada) == []


def test_a_view_of_the_team_does_not_name_what_became_private(filled_copy: Context) -> None:
    other = filled_copy.acting_as(User("eve", "operator"))
    dataset = collections.get(filled_copy, RIG)
    for named in (RIG, dataset.id):
        views.save(filled_copy, "of the rig", "/explorer", f"dataset={named}", visibility="team")
    shown = views.save(filled_copy, "of the journal", "/explorer", f"dataset={JOURNAL}", visibility="team")
    assert len(views.listing(other)) == 3
    collections.share(filled_copy, RIG, "private")
    assert views.listing(other) == [shown]
    assert len(views.listing(filled_copy)) == 3
