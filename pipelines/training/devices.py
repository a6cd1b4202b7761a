"""Where a network is trained, and what to say about it."""

from dataclasses import dataclass

import torch


@dataclass(frozen=True)
class Device:
    """A device by its torch name, and in words."""

    name: str
    words: str

    @property
    def is_gpu(self) -> bool:
        """Whether it computes beside the processor."""
        return self.name != "cpu"

    @property
    def half(self) -> bool:
        """Whether it computes in bfloat16 by itself."""
        return self.is_gpu and torch.cuda.is_bf16_supported(including_emulation=False)


CPU = Device("cpu", "on the processor")


def best_device() -> Device:
    """The first GPU that works, else the processor, saying why."""
    if torch.cuda.is_available():
        return Device("cuda:0", f"on the GPU {torch.cuda.get_device_name(0)}")
    reason = "this worker has no GPU" if torch.version.cuda else "this torch was built without GPU support"
    threads = torch.get_num_threads()
    return Device("cpu", f"{reason}: on the processor, {threads} thread{'' if threads == 1 else 's'}")


def out_of_memory(error: BaseException) -> bool:
    """Whether an error says that the device, or the machine, has no memory left."""
    # on the processor torch raises a plain RuntimeError of its allocator
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and "allocate memory" in str(error)
    )
