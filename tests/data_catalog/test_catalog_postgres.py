"""The catalog on PostgreSQL keeps the contract."""

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


@pytest.mark.postgres
class TestPostgres(
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
    def catalog(self, postgres_catalog: Catalog) -> Catalog:
        return postgres_catalog


@pytest.mark.postgres
def test_the_audit_log_cannot_be_truncated(postgres_catalog: Catalog) -> None:
    with postgres_catalog.write() as session:
        audit.record(session, "ada", "add", "user", "bob")
    with pytest.raises(ConflictError, match="only grows"), postgres_catalog.write() as session:
        session.execute(text("TRUNCATE audit"))
    with postgres_catalog.read() as session:
        assert audit.page(session)[1] == 1
