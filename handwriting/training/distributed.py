"""Data-parallel training: ``torchrun --nproc-per-node N -m handwriting train ...``.

Each process takes its share of every batch; the sums of the gradients, of the loss and of its weight are added over
all processes, so that the update equals that of one process on the whole batch. Plain sums suffice: nothing here
overlaps communication with computation, which small networks do not need. Processes on several machines need a run
folder on shared storage, because each resumes from the state there.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import Tensor

if dist.is_available():
    import torch.distributed.nn  # see Workers.join

TIMEOUT = timedelta(days=7)
"""Time that a process waits for the others, which are idle while the first one evaluates. If a process dies, torchrun
ends all of them at once."""


@dataclass(frozen=True)
class Workers:
    """This process's rank and the number of processes."""

    rank: int = 0
    size: int = 1

    @classmethod
    def join(cls, device: str) -> Workers:
        """Join the process group that torchrun describes in the environment; without torchrun, form a group of one.

        An optimiser imports ``torch.distributed.nn``, whose default arguments hold the group that exists at that time.
        The group would then survive :meth:`leave`, and its threads could abort the process when Python exits. This
        module therefore imports it before there is a group.
        """
        size = int(os.environ.get("WORLD_SIZE", "1"))
        if size == 1:
            return cls()
        dist.init_process_group("nccl" if device == "cuda" else "gloo", timeout=TIMEOUT)
        if device == "cuda":
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        return cls(dist.get_rank(), size)

    def leave(self) -> None:
        """Wait for the other processes and leave the group."""
        if self.size > 1:
            dist.barrier()
            dist.destroy_process_group()

    def sum(self, tensors: Iterable[Tensor]) -> None:
        """Replace each tensor by its sum over all processes, in one all-reduce."""
        if self.size == 1:
            return
        tensors = list(tensors)
        flat = torch.cat([t.reshape(-1) for t in tensors])
        dist.all_reduce(flat)
        for tensor, part in zip(tensors, flat.split([t.numel() for t in tensors]), strict=True):
            tensor.copy_(part.view_as(tensor))

    def any(self, flag: bool) -> bool:
        """Return whether ``flag`` is true in any process; the result is the same in all."""
        if self.size == 1:
            return flag
        votes = torch.tensor([float(flag)], device=self._device())
        dist.all_reduce(votes)
        return bool(votes.item() > 0)

    def agree(self, number: int) -> bool:
        """Return whether ``number`` is the same in all processes."""
        if self.size == 1:
            return True
        ends = torch.tensor([number, -number], device=self._device())
        dist.all_reduce(ends, dist.ReduceOp.MAX)
        return bool(ends.sum() == 0)

    def _device(self) -> str:
        return "cuda" if dist.get_backend() == "nccl" else "cpu"
