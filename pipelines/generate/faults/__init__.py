"""The classes of condition; importing this package registers all of them, in the order of the product."""

from pipelines.generate.faults import (  # noqa: I001  (the order is the product's class order)
    healthy as healthy,
    rotor as rotor,
    looseness as looseness,
    lubrication as lubrication,
    cavitation as cavitation,
    wear as wear,
    oil_whirl as oil_whirl,
    mixed as mixed,
    rolling as rolling,
)
