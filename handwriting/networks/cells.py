"""One unidirectional LSTM layer in several variants, all with (T, B, D) input and torch's gate order i, f, g, o.

With ``z = W x_t + R h_{t-1} + b`` for each gate, ``s`` the logistic function, and ``*`` the elementwise product:

*1997*: Hochreiter & Schmidhuber, Long Short-Term Memory (Neural Computation 9(8), equations 7 to 9), with the constant
error carousel: the cell keeps its content, and the error that flows back through it. (With tanh where they scaled the
logistic function, and the full gradient where they truncated it; both as in Graves & Schmidhuber 2005.) ::

    i, o = s(z_i), s(z_o)        g = tanh(z_g)
    c_t = c_{t-1} + i * g        h_t = o * tanh(c_t)

*1997-truncated*: the same with the gradient of the paper's appendix A.1: an error that reaches a gate changes its
weights and propagates to the layer below, but not through h_{t-1} back in time. Only the carousel carries it back.

*forget*: Gers, Schmidhuber & Cummins 2000, Learning to Forget; today's "LSTM", which ``nn.LSTM`` computes. ::

    i, f, o = s(z_i), s(z_f), s(z_o)        g = tanh(z_g)
    c_t = f * c_{t-1} + i * g               h_t = o * tanh(c_t)

*peephole*: Gers, Schraudolph & Schmidhuber 2002, as in Graves 2013 (arXiv 1308.0850, equations 7 to 11): each gate also
reads its own cell through one weight, and the output gate reads the cell's new content. ::

    i, f = s(z_i + p_i * c_{t-1}), s(z_f + p_f * c_{t-1})        g = tanh(z_g)
    c_t = f * c_{t-1} + i * g
    o = s(z_o + p_o * c_t)                                       h_t = o * tanh(c_t)

*coupled*: Greff et al. 2017 (arXiv 1503.04069), for the studies: one gate controls both what is kept and what is added.
::

    i, o = s(z_i), s(z_o)        g = tanh(z_g)
    c_t = (1 - i) * c_{t-1} + i * g                              h_t = o * tanh(c_t)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal, get_args

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from handwriting.errors import InkError

Variant = Literal["1997", "1997-truncated", "forget", "peephole", "coupled", "tanh"]
State = tuple[Tensor, Tensor]
"""(h, c), each (B, H)."""

FORGET_BIAS = 1.0
"""Initial bias of the forget gate: at 1 the cell starts by keeping its content (Gers et al. 2000)."""

_ALIGNMENT = 32
"""Input sizes are padded to a multiple of this for torch's bfloat16 kernel on CPUs: 481 inputs take three times as long
as 512."""

_CLOSED = -1e4
"""A pre-activation whose logistic function is exactly 0 in every dtype, and that of its negation exactly 1."""


class ForgetCell(nn.Module):
    """The *forget* variant: torch's fused ``nn.LSTM`` with one layer and one direction, weight for weight.

    Under autocast on the CPU it runs in bfloat16, more than twice as fast where the CPU has AMX; its gradients are
    float32.
    """

    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = FORGET_BIAS) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.lstm = nn.LSTM(input_size, hidden_size)
        _, _, bias_ih, bias_hh = self.weights()
        with torch.no_grad():  # nn.LSTM adds up two biases
            bias_ih[hidden_size : 2 * hidden_size] = forget_bias
            bias_hh[hidden_size : 2 * hidden_size] = 0

    def forward(
        self,
        x: Tensor,
        state: State,
        last: Tensor | None = None,
        code: Tensor | None = None,
        basis: Tensor | None = None,
    ) -> tuple[Tensor, State]:
        """Map ``x`` (T, B, D) to y (T, B, H) and the state after ``last`` (B,), each sequence's last step.

        A ``code`` (B, Z) adds ``code @ basis.T`` to the gates of every step, with ``basis`` (4H, Z).
        """
        weights: list[Tensor] = list(self.weights())
        if code is not None and basis is not None:  # passed as one more input: the fused kernel has no bias per line
            x = torch.cat([x, code.to(x.dtype).expand(len(x), *code.shape)], 2)
            weights[0] = torch.cat([weights[0], basis], 1)
        return _fused(x, state, weights, last, self.training)

    def step(self, x: Tensor, state: State, bias: Tensor | None = None) -> State:
        """Map ``x`` (B, D) to the next state; ``bias`` (B, 4H) is added to the gates."""
        if bias is None:
            return torch.lstm_cell(x, state, *self.weights())
        weight_ih, weight_hh, bias_ih, bias_hh = self.weights()
        gates = F.linear(x, weight_ih, bias_ih) + F.linear(state[0], weight_hh, bias_hh) + bias
        i, f, g, o = gates.chunk(4, 1)
        c = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        return o.sigmoid() * c.tanh(), c

    def weights(self) -> list[nn.Parameter]:
        """Return weight_ih (4H, D), weight_hh (4H, H), bias_ih and bias_hh (4H,)."""
        return list(self.lstm.parameters())


def both_directions(ahead: ForgetCell, back: ForgetCell, x: Tensor, padding: Tensor | None) -> Tensor:
    """Run a bidirectional layer in one call: map ``x`` (T, B, D) to y (T, B, 2H), the output of ``ahead`` first.

    ``padding`` (T, B) is true beyond each sequence's end, where y is meaningless; None if there is no padding. Cells
    hold their state at padding, so that ``back``, whose state is zero at first, starts at each sequence's own end. A
    GPU computes both directions at the same time.
    """
    ahead_ih, *ahead_rest = ahead.weights()
    back_ih, *back_rest = back.weights()
    x, (first, second) = _kernel_input(x, [ahead_ih, back_ih], padding, aligned=True)
    weights = [first, *ahead_rest, second, *back_rest]
    zeros = x.new_zeros(2, x.shape[1], ahead.hidden_size)
    y, _, _ = torch.lstm(x, (zeros, zeros), weights, True, 1, 0.0, ahead.training, True, False)
    return y


def _kernel_input(
    x: Tensor, matrices: Sequence[Tensor], padding: Tensor | None, aligned: bool
) -> tuple[Tensor, list[Tensor]]:
    """Return ``x`` (T, B, D) and the ``matrices`` weight_ih (4H, D) that read it, with additional inputs.

    One input is 1 where ``padding`` (T, B) is true and makes the cells keep their content there. If ``aligned``, zeros
    follow up to a multiple of :data:`_ALIGNMENT`.
    """
    if padding is not None:
        x = torch.cat([x, padding.unsqueeze(2).to(x.dtype)], 2)
        matrices = [_with_hold_column(weight_ih) for weight_ih in matrices]
    missing = -x.shape[2] % _ALIGNMENT if aligned else 0
    if missing:
        x, matrices = F.pad(x, (0, missing)), [F.pad(weight_ih, (0, missing)) for weight_ih in matrices]
    return x, list(matrices)


def _with_hold_column(weight_ih: Tensor) -> Tensor:
    """Return ``weight_ih`` (4H, D) with a column that closes the input gate and opens the forget gate."""
    H = len(weight_ih) // 4
    hold = weight_ih.new_zeros(4 * H, 1)
    hold[:H], hold[H : 2 * H] = _CLOSED, -_CLOSED
    return torch.cat([weight_ih, hold], 1)


def _fused(
    x: Tensor, state: State, weights: Sequence[Tensor], last: Tensor | None, training: bool
) -> tuple[Tensor, State]:
    """Run torch's fused LSTM: map ``x`` (T, B, D) to y (T, B, H) and the state after ``last`` (B,).

    ``weights`` are weight_ih (4H, D), weight_hh (4H, H), bias_ih and bias_hh (4H,).
    """
    weight_ih, *rest = weights
    # The kernel returns the cell after the final step only. It therefore carries c from the last step to the end
    # unchanged.
    padding = None if last is None else torch.arange(len(x), device=x.device).unsqueeze(1) > last  # (T, B)
    aligned = x.device.type == "cpu" and torch.is_autocast_enabled("cpu")
    x, (weight_ih,) = _kernel_input(x, [weight_ih], padding, aligned)
    before = state[0].unsqueeze(0), state[1].unsqueeze(0)  # (1, B, H)
    y, h, c = torch.lstm(x, before, [weight_ih, *rest], True, 1, 0.0, training, False, False)
    return y, ((h[0] if last is None else _at(y, last)).to(state[0].dtype), c[0].to(state[1].dtype))


class ThreeGateCell(nn.Module):
    """The *1997*, *1997-truncated* and *coupled* variants, which have no forget gate with weights of its own.

    ``weight_ih`` (3H, D), ``weight_hh`` (3H, H), ``bias`` (3H,), with the gates i, g, o. Torch's fused kernel computes
    them with a forget gate that is always open or, in *coupled*, the negative of the input gate: s(-z) = 1 - s(z).

    It runs in float32 under autocast too: in bfloat16 the kernel rounds the cell at every step, so that small additions
    to the carousel are rounded away.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        forget_bias: float = FORGET_BIAS,
        *,
        truncated: bool = False,
        coupled: bool = False,
    ) -> None:
        super().__init__()
        self.hidden_size, self.truncated, self.coupled = hidden_size, truncated, coupled
        self.weight_ih = nn.Parameter(torch.empty(3 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(3 * hidden_size, hidden_size))
        self.bias = nn.Parameter(torch.empty(3 * hidden_size))
        _initialise(self)
        if coupled:  # the kept share is 1 - i
            with torch.no_grad():
                self.bias[:hidden_size] = -forget_bias

    def forward(self, x: Tensor, state: State, last: Tensor | None = None) -> tuple[Tensor, State]:
        """Map ``x`` (T, B, D) to y (T, B, H) and the state after ``last`` (B,), each sequence's last step."""
        device, dtype = x.device.type, self.weight_hh.dtype
        output_dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else dtype
        with torch.autocast(device, enabled=False):
            x, before = x.to(dtype), (state[0].to(dtype), state[1].to(dtype))
            if self.truncated:
                y, after = self._truncated(x, before, last)
            else:
                y, after = _fused(x, before, self._with_forget_gate(), last, self.training)
        return y.to(output_dtype), (after[0].to(state[0].dtype), after[1].to(state[1].dtype))

    def step(self, x: Tensor, state: State) -> State:
        """Map ``x`` (B, D) to the next state."""
        return self(x.unsqueeze(0), state)[1]

    def _with_forget_gate(self) -> list[Tensor]:
        """Return the weights of the same cell in the *forget* variant, see :func:`_fused`."""
        weights = []
        for weight in (self.weight_ih, self.weight_hh, self.bias):
            i, g, o = weight.split(self.hidden_size)
            f = -i if self.coupled else torch.full_like(i, -_CLOSED if weight is self.bias else 0.0)
            weights.append(torch.cat([i, f, g, o]))
        return [*weights, torch.zeros_like(weights[2])]

    def _truncated(self, x: Tensor, state: State, last: Tensor | None) -> tuple[Tensor, State]:
        """Compute all steps at once from outputs that are constants, so that no error goes back through them."""
        with torch.no_grad():
            y, _ = _fused(x, state, self._with_forget_gate(), None, self.training)
        before = torch.cat([state[0].detach().unsqueeze(0), y[:-1]])  # (T, B, H)
        z = F.linear(x, self.weight_ih, self.bias) + F.linear(before, self.weight_hh)
        i, g, o = z.split(self.hidden_size, 2)
        cells = state[1] + (i.sigmoid() * g.tanh()).cumsum(0)
        y = o.sigmoid() * cells.tanh()
        return y, (y[-1], cells[-1]) if last is None else (_at(y, last), _at(cells, last))


class PeepholeCell(nn.Module):
    """The *peephole* variant, for which torch has no fused kernel.

    ``weight_ih`` (4H, D), ``weight_hh`` (4H, H), ``bias`` (4H,), with the gates i, f, g, o; ``peephole`` (3, H): p_i,
    p_f, p_o. Under autocast the matrix products run in the autocast dtype, and the cell stays float32.
    """

    def __init__(self, input_size: int, hidden_size: int, forget_bias: float = FORGET_BIAS) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.weight_ih = nn.Parameter(torch.empty(4 * hidden_size, input_size))
        self.weight_hh = nn.Parameter(torch.empty(4 * hidden_size, hidden_size))
        self.bias = nn.Parameter(torch.empty(4 * hidden_size))
        self.peephole = nn.Parameter(torch.empty(3, hidden_size))
        _initialise(self)
        with torch.no_grad():
            self.bias[hidden_size : 2 * hidden_size] = forget_bias

    def forward(self, x: Tensor, state: State, last: Tensor | None = None) -> tuple[Tensor, State]:
        """Map ``x`` (T, B, D) to y (T, B, H) and the state after ``last`` (B,), each sequence's last step."""
        device = x.device.type
        matmul_dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else self.weight_hh.dtype
        y, cells = _Unrolled.apply(x, *state, self.weight_ih, self.weight_hh, self.bias, self.peephole, matmul_dtype)
        h, c = (y[-1], cells[-1]) if last is None else (_at(y, last), _at(cells, last))
        return y, (h.to(state[0].dtype), c)

    def step(self, x: Tensor, state: State) -> State:
        """Map ``x`` (B, D) to the next state."""
        return self(x.unsqueeze(0), state)[1]


def _initialise(cell: ThreeGateCell | PeepholeCell) -> None:
    """Draw all parameters as nn.LSTM does."""
    for parameter in cell.parameters():
        nn.init.uniform_(parameter, -1 / math.sqrt(cell.hidden_size), 1 / math.sqrt(cell.hidden_size))


class TanhCell(nn.Module):
    """The *tanh* variant, which is not an LSTM: h_t = tanh(W x_t + R h_{t-1} + b), torch's fused ``nn.RNN``.

    This is the recurrent network that the LSTM was invented to replace (Elman 1990), for comparison. Its state is
    (h, h).
    """

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        self.hidden_size = hidden_size
        self.rnn = nn.RNN(input_size, hidden_size)

    def forward(self, x: Tensor, state: State, last: Tensor | None = None) -> tuple[Tensor, State]:
        """Map ``x`` (T, B, D) to y (T, B, H) and the state after ``last`` (B,), each sequence's last step."""
        y, _ = self.rnn(x, state[0].unsqueeze(0).to(x.dtype))
        h = (y[-1] if last is None else _at(y, last)).to(state[0].dtype)
        return y, (h, h)

    def step(self, x: Tensor, state: State) -> State:
        """Map ``x`` (B, D) to the next state."""
        return self(x.unsqueeze(0), state)[1]


Cell = ForgetCell | ThreeGateCell | PeepholeCell | TanhCell


def make_cell(variant: Variant, input_size: int, hidden_size: int, forget_bias: float = FORGET_BIAS) -> Cell:
    """Return a cell of the given variant; ``forget_bias`` is the initial bias of its forget gate, if it has one.

    Raises :class:`InkError` for an unknown variant.
    """
    if variant == "forget":
        return ForgetCell(input_size, hidden_size, forget_bias)
    if variant == "tanh":
        return TanhCell(input_size, hidden_size)
    if variant == "peephole":
        return PeepholeCell(input_size, hidden_size, forget_bias)
    if variant in ("1997", "1997-truncated", "coupled"):
        truncated, coupled = variant == "1997-truncated", variant == "coupled"
        return ThreeGateCell(input_size, hidden_size, forget_bias, truncated=truncated, coupled=coupled)
    raise InkError(f"LSTM variant {variant!r} is unknown; choose {', '.join(get_args(Variant))}")


class _Unrolled(torch.autograd.Function):
    """The peephole recurrence over all steps, with a hand-written gradient: autograd would record many nodes per step.

    Matrix products run in dtype ``matmul_dtype``, everything else in the dtype of ``c``. It cannot be differentiated
    twice.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        h: Tensor,
        c: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias: Tensor,
        peephole: Tensor,
        matmul_dtype: torch.dtype,
    ) -> tuple[Tensor, Tensor]:
        """Map ``x`` (T, B, D), ``h``, ``c`` (B, H) to y and the cells, each (T, B, H)."""
        T, (B, H) = len(x), c.shape
        with torch.autocast(x.device.type, enabled=False):
            x, h, weight_ih, weight_hh, bias = (v.to(matmul_dtype) for v in (x, h, weight_ih, weight_hh, bias))
            gates = F.linear(x, weight_ih, bias).to(c.dtype)  # (T, B, 4H)
        y, cells, tanh_cells = x.new_empty(T, B, H), c.new_empty(T, B, H), c.new_empty(T, B, H)
        recurrent = x.new_empty(B, 4 * H)
        weight_hh_t = weight_hh.t()
        if T > 20:  # the copy makes each product a quarter faster and costs as much as ten products
            weight_hh_t = weight_hh_t.contiguous()
        before, c_before = h, c
        for z, (i, f, g, o), y_t, c_t, tanh_c in zip(
            gates.unbind(), _by_gate(gates, H), y.unbind(), cells.unbind(), tanh_cells.unbind(), strict=True
        ):
            z.add_(torch.mm(before, weight_hh_t, out=recurrent))
            i.addcmul_(c_before, peephole[0]).sigmoid_()
            f.addcmul_(c_before, peephole[1]).sigmoid_()
            torch.mul(f, c_before, out=c_t).addcmul_(i, g.tanh_())
            o.addcmul_(c_t, peephole[2])
            torch.tanh(c_t, out=tanh_c)
            torch.mul(o.sigmoid_(), tanh_c, out=y_t)
            before, c_before = y_t, c_t
        ctx.save_for_backward(x, h, c, weight_ih, weight_hh, peephole, gates, y, cells, tanh_cells)
        ctx.set_materialize_grads(False)
        return y, cells

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        dy, dcells = grads
        x, h, c, weight_ih, weight_hh, peephole, gates, y, cells, tanh_cells = ctx.saved_tensors
        T, B, H = y.shape
        dgates, dpeephole = torch.empty_like(gates, dtype=y.dtype), c.new_zeros(3, B, H)
        dh, dc, part, back = torch.empty_like(c), torch.zeros_like(c), torch.empty_like(c), torch.zeros_like(h)
        dgates_by_step = list(zip(dgates.unbind(), _by_gate(dgates, H), strict=True))
        gates_by_step = _by_gate(gates, H)
        for t in reversed(range(T)):
            (i, f, g, o), c_before = gates_by_step[t], cells[t - 1] if t else c
            dz, (di, df, dg, do) = dgates_by_step[t]
            if dy is None:
                dh.copy_(back)
            else:
                torch.add(dy[t], back, out=dh)
            if dcells is not None:
                dc.add_(dcells[t])
            _sigmoid_backward(torch.mul(dh, tanh_cells[t], out=part), o, grad_input=do)
            dc.add_(_tanh_backward(torch.mul(dh, o, out=part), tanh_cells[t], grad_input=part))
            dc.addcmul_(do, peephole[2])
            _sigmoid_backward(torch.mul(dc, g, out=part), i, grad_input=di)
            _tanh_backward(torch.mul(dc, i, out=part), g, grad_input=dg)
            _sigmoid_backward(torch.mul(dc, c_before, out=part), f, grad_input=df)
            dc.mul_(f).addcmul_(di, peephole[0]).addcmul_(df, peephole[1])
            torch.mm(dz, weight_hh, out=back)
            for n, (gate, content) in enumerate(((di, c_before), (df, c_before), (do, cells[t]))):
                dpeephole[n].addcmul_(gate, content)
        with torch.autocast(x.device.type, enabled=False):
            dx = dgates @ weight_ih if ctx.needs_input_grad[0] else None
            rows = dgates.flatten(0, 1).t()  # (4H, T * B)
            dweight_ih = rows @ x.flatten(0, 1)
            dweight_hh = dgates[0].t() @ h
            if T > 1:
                dweight_hh.addmm_(rows[:, B:], y[:-1].flatten(0, 1))
        dbias = dgates.sum((0, 1), dtype=c.dtype)
        # Autograd casts each gradient to the dtype of its input.
        return dx, back, dc, dweight_ih, dweight_hh, dbias, dpeephole.sum(1), None


_sigmoid_backward = torch.ops.aten.sigmoid_backward.grad_input
_tanh_backward = torch.ops.aten.tanh_backward.grad_input


def _by_gate(gates: Tensor, hidden_size: int) -> list[tuple[Tensor, Tensor, Tensor, Tensor]]:
    """Return views i, f, g, o, each (B, H), of every step of ``gates`` (T, B, 4H)."""
    i, f, g, o = (gate.unbind() for gate in gates.split(hidden_size, 2))
    return list(zip(i, f, g, o, strict=True))


def _at(y: Tensor, last: Tensor) -> Tensor:
    """Return the rows (B, H) of ``y`` (T, B, H) at step ``last`` (B,) of each sequence."""
    return y[last, torch.arange(len(last), device=y.device)]
