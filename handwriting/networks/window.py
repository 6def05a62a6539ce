"""The soft window over the text, and the LSTM layer that moves it and reads its output.

Graves 2013 (arXiv 1308.0850), equations 46 to 51. The layer's output h_t determines K components ::

    alpha_t = exp(alphâ_t)    beta_t = exp(betâ_t)    kappa_t = kappa_{t-1} + exp(kappâ_t)
    phi(t, u) = sum_k alpha_k exp(-beta_k (kappa_k - u)^2)        u = 1 .. U
    w_t = sum_u phi(t, u) c_u                                     c_u: character u, one-hot

so that no location ever moves back. Since w_t is part of the layer's own input at t + 1, the steps must be computed one
by one. :class:`WindowedLayer` computes them in one autograd node with a hand-written gradient.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from handwriting.errors import InkError
from handwriting.networks.cells import Cell, ForgetCell, State, Variant, make_cell

POINTS_PER_CHARACTER = 25.0
"""Roughly the number of points per character of a pen sampled 100 times a second; sets the window's initial speed."""

EXPONENT_LIMIT = 10.0
"""Largest alphâ, betâ and kappâ passed to exp, which is then 22,026. Without it one outlier makes inf * 0."""

_CHUNK = 16
"""Steps whose local derivatives are computed at once in the backward pass: few calls, and the data fit the cache."""


def one_hot(text: Tensor, characters: int) -> Tensor:
    """Encode ``text`` (B, U), 1 to C, as float (B, U, C); 0, for padding and unknown characters, becomes zeros."""
    return F.one_hot(text, characters + 1)[..., 1:].float()


class Window(nn.Module):
    """Computes the parameters of the K ``components`` from H layer outputs: alphâ, betâ, kappâ, in this order."""

    def __init__(self, hidden_size: int, components: int) -> None:
        super().__init__()
        self.components = components
        self.linear = nn.Linear(hidden_size, 3 * components)
        with torch.no_grad():
            self.linear.bias[: 2 * components] = 0
            self.linear.bias[2 * components :] = -math.log(POINTS_PER_CHARACTER)

    def forward(self, h: Tensor, kappa: Tensor, characters: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Map ``h`` (B, H), ``kappa`` (B, K), ``characters`` (B, U, C) to w (B, C), phi (B, U), kappa (B, K)."""
        with torch.autocast(h.device.type, enabled=False):
            given = self.linear(h.to(kappa.dtype)).clamp(max=EXPONENT_LIMIT)
            alpha, beta, move = given.exp().chunk(3, 1)
            kappa = kappa + move
            phi = window_weights(alpha, beta, kappa, characters.shape[1])
            w = torch.bmm(phi.unsqueeze(1), characters).squeeze(1)
        return w, phi.masked_fill(~characters.any(2), 0), kappa


def window_weights(alpha: Tensor, beta: Tensor, kappa: Tensor, length: int) -> Tensor:
    """Compute phi(u) for u = 1 .. ``length``, (B, U), from parameters (B, K) each."""
    u = torch.arange(1, length + 1, device=kappa.device, dtype=kappa.dtype)
    distance = kappa.unsqueeze(2) - u  # (B, K, U)
    return (alpha.unsqueeze(2) * torch.exp(-beta.unsqueeze(2) * distance.square())).sum(1)


class WindowedLayer(nn.Module):
    """An LSTM layer over x_t (D numbers) and w_{t-1} (C characters), with the window that it moves."""

    def __init__(
        self, input_size: int, characters: int, hidden_size: int, components: int, variant: Variant = "forget"
    ) -> None:
        super().__init__()
        self.cell = make_cell(variant, input_size + characters, hidden_size)
        self.window = Window(hidden_size, components)

    def step(
        self, x: Tensor, characters: Tensor, state: State, kappa: Tensor, w: Tensor, bias: Tensor | None = None
    ) -> tuple[State, Tensor, Tensor, Tensor]:
        """Run one step: map ``x`` (B, D) and the state to the next (h, c), w (B, C), phi (B, U), kappa (B, K)."""
        inputs = torch.cat([x, w], 1)
        state = self.cell.step(inputs, state) if bias is None else _forget(self.cell).step(inputs, state, bias)
        w, phi, kappa = self.window(state[0], kappa, characters)
        return state, w, phi, kappa

    def forward(
        self, x: Tensor, characters: Tensor, state: State, kappa: Tensor, w: Tensor, bias: Tensor | None = None
    ) -> tuple[Tensor, Tensor, Tensor, State, Tensor]:
        """Run all steps: map ``x`` (T, B, D) to y (T, B, H), w (T, B, C), phi (T, B, U), the last (h, c) and kappa.

        ``bias`` (B, 4H) is added to the gates of every step, in the *forget* variant only.

        In the *forget* variant ``x``, ``characters`` and the state get no gradient, and phi and kappa propagate none.
        """
        if not isinstance(self.cell, ForgetCell):
            return self._stepwise(x, characters, state, kappa, w)
        weight_ih, weight_hh, bias_ih, bias_hh = self.cell.weights()
        device = x.device.type
        matmul_dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else weight_hh.dtype
        linear = self.window.linear
        gate_bias = bias_ih + bias_hh
        if bias is not None:
            gate_bias = gate_bias + bias.to(gate_bias.dtype)  # (B, 4H)
        y, ws, phi, c, kappa = _Windowed.apply(
            x, characters, *state, kappa, w, weight_ih, weight_hh, gate_bias, linear.weight, linear.bias, matmul_dtype
        )
        return y, ws, phi.masked_fill(~characters.any(2), 0), (y[-1], c), kappa

    def _stepwise(
        self, x: Tensor, characters: Tensor, state: State, kappa: Tensor, w: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, State, Tensor]:
        ys, ws, phis = [], [], []
        for x_t in x.unbind():
            state, w, phi, kappa = self.step(x_t, characters, state, kappa, w)
            ys.append(state[0])
            ws.append(w)
            phis.append(phi)
        return torch.stack(ys), torch.stack(ws), torch.stack(phis), state, kappa


def _forget(cell: Cell) -> ForgetCell:
    if not isinstance(cell, ForgetCell):
        raise InkError("a hand's code needs the variant forget; the others have no bias per line")
    return cell


class _Windowed(torch.autograd.Function):
    """The recurrence of layer and window over all steps, with a gradient for the weights only.

    The layer's matrix products run in dtype ``matmul_dtype``, the window and everything else in the dtype of ``c``:
    locations add up over a line.
    """

    @staticmethod
    def forward(
        ctx: Any,
        x: Tensor,
        characters: Tensor,
        h: Tensor,
        c: Tensor,
        kappa: Tensor,
        w: Tensor,
        weight_ih: Tensor,
        weight_hh: Tensor,
        bias: Tensor,
        window_weight: Tensor,
        window_bias: Tensor,
        matmul_dtype: torch.dtype,
    ) -> tuple[Tensor, ...]:
        (T, B, D), H, (_, U, C), K = x.shape, h.shape[1], characters.shape, kappa.shape[1]
        with torch.autocast(x.device.type, enabled=False):
            x = x.to(c.dtype)
            gates = F.linear(x, weight_ih[:, :D]).add_(bias)  # (T, B, 4H)
            weight = torch.cat([weight_hh, weight_ih[:, D:]], 1).to(matmul_dtype)  # (4H, H + C)
            weight_t = weight.t().contiguous()
            window_weight_t = window_weight.t().contiguous()
            before = c.new_empty(T, B, H + C, dtype=matmul_dtype)  # [h, w] of the step before
            y, cells, tanh_cells = (c.new_empty(T, B, H) for _ in range(3))
            ws, given, kappas = c.new_empty(T, B, C), c.new_empty(T, B, 3 * K), c.new_empty(T, B, K)
            terms, phi = c.new_empty(T, B, K, U), c.new_empty(T, B, U)
            recurrent = c.new_empty(B, 4 * H, dtype=matmul_dtype)
            u = torch.arange(1, U + 1, device=c.device, dtype=c.dtype)
            h_t, c_t, w_t, kappa_t = h, c, w, kappa
            steps = zip(
                *(v.unbind() for v in (gates, before, y, cells, tanh_cells, ws, given, kappas, terms, phi)), strict=True
            )
            for z, input_t, y_t, cell_t, tanh_t, ws_t, given_t, kappas_t, terms_t, phi_t in steps:
                input_t[:, :H], input_t[:, H:] = h_t, w_t
                z.add_(torch.mm(input_t, weight_t, out=recurrent))
                (i, f), g, o = z[:, : 2 * H].sigmoid_().chunk(2, 1), z[:, 2 * H : 3 * H].tanh_(), z[:, 3 * H :]
                c_t = torch.mul(f, c_t, out=cell_t).addcmul_(i, g)
                h_t = torch.mul(o.sigmoid_(), torch.tanh(c_t, out=tanh_t), out=y_t)
                torch.addmm(window_bias, h_t, window_weight_t, out=given_t).clamp_(max=EXPONENT_LIMIT)
                beta, move = given_t[:, K:].exp_().chunk(2, 1)
                kappa_t = torch.add(kappa_t, move, out=kappas_t)
                distance = kappa_t.unsqueeze(2) - u  # (B, K, U)
                exponent = torch.addcmul(
                    given_t[:, :K].unsqueeze(2), beta.unsqueeze(2), distance.square_(), value=-1, out=terms_t
                )
                torch.sum(exponent.exp_(), 1, out=phi_t)
                torch.bmm(phi_t.unsqueeze(1), characters, out=ws_t.unsqueeze(1))
                w_t = ws_t
        ctx.save_for_backward(
            x, characters, c, kappas, weight, window_weight, gates, before, y, cells, tanh_cells, given, terms
        )
        c_last, kappa_last = cells[-1].clone(), kappas[-1].clone()
        ctx.mark_non_differentiable(phi, c_last, kappa_last)
        ctx.set_materialize_grads(False)
        ctx.per_line_bias = bias.dim() == 2
        return y, ws, phi, c_last, kappa_last

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        x, characters, c, kappas, weight, window_weight, gates, before, y, cells, tanh_cells, given, terms = (
            ctx.saved_tensors
        )
        dy, dws = grads[:2]
        (T, B, H), K, matmul_dtype = y.shape, kappas.shape[2], before.dtype
        dy = torch.zeros_like(y) if dy is None else dy
        dws = y.new_zeros(T, B, characters.shape[2]) if dws is None else dws
        dgates, dgiven = torch.empty_like(gates, dtype=matmul_dtype), torch.empty_like(given)
        dc, dkappa = torch.zeros_like(c), torch.zeros_like(kappas[0])
        back = torch.zeros_like(before[0])  # to [h, w] of the step, from the gates of the next
        for end in range(T, 0, -_CHUNK):
            part = slice(max(0, end - _CHUNK), end)
            start = cells[part.start - 1] if part.start else c
            earlier = torch.cat([start.unsqueeze(0), cells[part][:-1]])
            derivatives, derivative_c = _gate_derivatives(gates[part], earlier, tanh_cells[part])
            moments, factors = _window_derivatives(terms[part], kappas[part], given[part])
            for n in reversed(range(end - part.start)):
                t = part.start + n
                dw = dws[t] + back[:, H:]
                dphi = torch.bmm(characters, dw.unsqueeze(2))  # (B, U, 1)
                sums = torch.bmm(moments[n], dphi).view(B, 3, K)
                dkappa = sums[:, 2].add_(dkappa)
                dgiven_t = torch.mul(sums, factors[n], out=dgiven[t].view(B, 3, K)).view(B, 3 * K)
                dh = torch.addmm(dy[t] + back[:, :H], dgiven_t, window_weight)
                dc = torch.addcmul(dc, dh, derivative_c[n])
                dz = dgates[t]
                torch.mul(derivatives[n][:, :3], dc.unsqueeze(1), out=dz.view(B, 4, H)[:, :3])
                torch.mul(derivatives[n][:, 3], dh, out=dz[:, 3 * H :])
                dc.mul_(gates[t, :, H : 2 * H])
                back = torch.mm(dz, weight)
        rows = dgates.flatten(0, 1).t()  # (4H, T * B)
        dweight = (rows @ before.flatten(0, 1)).to(c.dtype)  # (4H, H + C)
        dweight_x = rows @ x.flatten(0, 1).to(matmul_dtype)
        dweight_ih = torch.cat([dweight_x.to(c.dtype), dweight[:, H:]], 1)
        dbias = dgates.sum(0 if ctx.per_line_bias else (0, 1), dtype=c.dtype)
        dwindow_weight = dgiven.flatten(0, 1).t() @ y.flatten(0, 1)
        return *[None] * 6, dweight_ih, dweight[:, :H], dbias, dwindow_weight, dgiven.sum((0, 1)), None


def _gate_derivatives(gates: Tensor, earlier: Tensor, tanh_cells: Tensor) -> tuple[Tensor, Tensor]:
    """Return factors (T, B, 4, H) from the gradient of c_t (for i, f, g) and h_t (for o) to that of the gates.

    Also return factors (T, B, H) from the gradient of h_t to that of c_t. ``earlier``: c_{t-1}.
    """
    i, f, g, o = gates.chunk(4, 2)
    derivatives = torch.stack(
        [g * (i - i * i), earlier * (f - f * f), i * (1 - g * g), tanh_cells * (o - o * o)], 2
    )  # (T, B, 4, H)
    return derivatives, o * (1 - tanh_cells * tanh_cells)


def _window_derivatives(terms: Tensor, kappas: Tensor, given: Tensor) -> tuple[Tensor, Tensor]:
    """Return moments (T, B, 3K, U), whose products with the gradient of phi are those of alphâ, -beta and kappa.

    Also return factors (T, B, 3, K) from these to the gradients of alphâ, betâ, kappâ: 0 at the limit.
    """
    K, U = terms.shape[2:]
    u = torch.arange(1, U + 1, device=terms.device, dtype=terms.dtype)
    distance = kappas.unsqueeze(3) - u  # (T, B, K, U)
    first = terms * distance
    _, beta, move = given.chunk(3, 2)
    moments = torch.cat([terms, first * distance, first * (-2 * beta).unsqueeze(3)], 2)
    limit = torch.full_like(given, math.exp(EXPONENT_LIMIT))
    limit[..., :K] = EXPONENT_LIMIT
    factors = torch.stack([torch.ones_like(beta), -beta, move], 2) * (given < limit).unflatten(2, (3, K))
    return moments, factors
