"""The REST API: operations declared once, from which routes, the OpenAPI document and the client are made.

- ``pfd_panel.api.operations.OPERATIONS``: every operation by name, and `NOT_OFFERED` with reasons for the rest;
- ``pfd_panel.api.router.build_router(context_of)``: the routes, to be mounted behind the guard;
- ``pfd_panel.api.openapi.document()``: the OpenAPI document with examples.
"""
