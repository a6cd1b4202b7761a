"""The catalog on SQLite keeps the contract."""

import pytest
from sqlalchemy import text

from data_catalog import Catalog, audit
from data_catalog.errors import ConflictError
from tests.data_catalog.contract_accounts import AccountContract
from tests.data_catalog.contract_experiments import ExperimentContract
from tests.data_catalog.contract_facets import FacetContract
from tests.data_catalog.contract_privacy import PrivacyContract
from tests.data_catalog.contract_queries import QueryContract
from tests.data_catalog.contract_signals import SignalContract
from tests.data_catalog.contract_stages import StageContract
from tests.data_catalog.contract_subsets import SubsetContract
from tests.data_catalog.contract_work import WorkContract


class TestSqlite(
    SignalContract,
    QueryContract,
    FacetContract,
    SubsetContract,
    WorkContract,
    AccountContract,
    PrivacyContract,
    ExperimentContract,
    StageContract,
):
    @pytest.fixture
    def catalog(self, sqlite_catalog: Catalog) -> Catalog:
        return sqlite_catalog


def test_an_entry_of_the_audit_log_cannot_be_replaced_either(sqlite_catalog: Catalog) -> None:
    with sqlite_catalog.write() as session:
        audit.record(session, "ada", "add", "user", "bob")
    replaced = "INSERT OR REPLACE INTO audit VALUES (1, '2026-01-01', 'eve', 'add', 'user', 'bob', '{}')"
    with pytest.raises(ConflictError, match="only grows"), sqlite_catalog.write() as session:
        session.execute(text(replaced))
    with sqlite_catalog.read() as session:
        assert [entry.user for entry in audit.page(session)[0]] == ["ada"]
