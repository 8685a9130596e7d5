"""What the win test asks of the deciding lower bound, as the policy says it: on purpose not taken from the gate."""

from __future__ import annotations

from reign_trainer.shapes import Gate


def win_boundary(gate: Gate, reigning: bool) -> float:
    """Give the difference at which a challenger is, by the policy, just not good enough.

    Parameters
    ----------
    gate : Gate
    reigning : bool
        Whether there is a champion. Nobody is crowned for being not worse than the trivial predictor: without a
        champion ``nonInferior`` means better.

    Returns
    -------
    float
        The least gain; or minus the margin.
    """
    if gate.win == "superior":
        return gate.minimum_gain
    return -(gate.margin or 0.0) if reigning else 0.0
