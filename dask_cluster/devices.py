"""Which accelerators this machine has."""

import logging

logger = logging.getLogger(__name__)


def gpu_count() -> int:
    """Number of NVIDIA devices the driver reports; 0 without a driver."""
    import pynvml

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError as error:
        logger.debug("no NVIDIA driver: %s", error)
        return 0
    try:
        return int(pynvml.nvmlDeviceGetCount())
    finally:
        pynvml.nvmlShutdown()
