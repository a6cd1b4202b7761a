"""The catalog on SQLite keeps the contract."""

import pytest

from data_catalog import Catalog
from tests.data_catalog.contract_accounts import AccountContract
from tests.data_catalog.contract_privacy import PrivacyContract
from tests.data_catalog.contract_signals import SignalContract
from tests.data_catalog.contract_work import WorkContract


class TestSqlite(SignalContract, WorkContract, AccountContract, PrivacyContract):
    @pytest.fixture
    def catalog(self, sqlite_catalog: Catalog) -> Catalog:
        return sqlite_catalog
