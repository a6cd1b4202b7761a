"""What monitoring serves over HTTP, behind the guard: the measures for Prometheus."""

from collections.abc import Callable

from fastapi import APIRouter, Request, Response

from pfd_panel.errors import NotAllowedError
from pfd_panel.monitoring.exposition import MEDIA_TYPE, exposition, gauges
from pfd_panel.server.user import User, current_user
from pfd_panel.services import health
from pfd_panel.services.context import Context


def build_router(context_of: Callable[[User], Context]) -> APIRouter:
    """``/metrics`` (and ``/api/metrics``, which programs with a key reach) for everyone who may read."""
    router = APIRouter()

    @router.get("/metrics")
    @router.get("/api/metrics")
    def metrics(request: Request) -> Response:
        try:
            found = health.report(context_of(current_user(request.headers)))
        except NotAllowedError as refused:
            return Response(str(refused), 403, media_type="text/plain")
        return Response(exposition(gauges(found)), media_type=MEDIA_TYPE)

    return router
