"""The catalog on PostgreSQL keeps the contract."""

import pytest

from data_catalog import Catalog
from tests.data_catalog.contract_accounts import AccountContract
from tests.data_catalog.contract_privacy import PrivacyContract
from tests.data_catalog.contract_signals import SignalContract
from tests.data_catalog.contract_work import WorkContract


@pytest.mark.postgres
class TestPostgres(SignalContract, WorkContract, AccountContract, PrivacyContract):
    @pytest.fixture
    def catalog(self, postgres_catalog: Catalog) -> Catalog:
        return postgres_catalog
