"""The section Why: why inverting the physics pays, with the project's own measurements, read from their files."""

from __future__ import annotations

import streamlit as st

from fusiform.app.drawings.figures.training_figures import conditioning_figure
from fusiform.app.frames import why
from fusiform.app.results import measured
from fusiform.app.results.measured_methods import conditioning
from fusiform.app.views.shared.method_errors import errors_chart
from fusiform.app.views.shared.metrics import PLOT_CONFIG, metric_row, show_metrics

WIDTH = 1080
METHODS = "## Training methods"
DP_FORMULA = r"""
\Delta\theta = -\eta \left(\frac{\partial f}{\partial\theta}\right)^{\!\top}
\underbrace{\left(\frac{\partial R}{\partial y}\right)^{\!\top} R(y)}_{\text{the residual's gradient}}
"""
SIP_FORMULA = r"""
\begin{gathered}
\Delta\theta = -\eta \left(\frac{\partial f}{\partial\theta}\right)^{\!\top} (y - \tilde y) \\
\tilde y = y - \underbrace{\left(\frac{\partial R}{\partial y}\right)^{\!-1} R(y)}_{\text{the inverse}}
\end{gathered}
"""
HIG_FORMULA = r"""
\begin{gathered}
\Delta\theta = -\eta\, J^\top (J J^\top)^{-3/4}\, g \\
J = \frac{\partial R}{\partial y}\frac{\partial f}{\partial\theta}, \quad g = \frac{\partial L}{\partial R}
\end{gathered}
"""
BOTH_FORMULA = r"""
\begin{gathered}
\Delta\theta = -\eta\, J^\top (J J^\top)^{-3/4} (y - \tilde y) \\
J = \frac{\partial f}{\partial\theta}
\end{gathered}
"""


def show() -> None:
    """Draw the page."""
    with st.container(horizontal_alignment="center"), st.container(key="why", width=WIDTH):
        _question()
        _reason()
        _methods()
        _conditioning()
        _in_time()
        _what_did_not_work()
        _sources()


def _question() -> None:
    st.markdown("### Why inverting the physics pays")
    st.markdown(
        "A network shall predict the flow past any body. The equations of the flow, $R(y) = 0$, are known. **Should it "
        "learn by following the gradient of the residual $R$, or from solutions of $R = 0$?**"
    )
    with metric_row():
        show_metrics(why.headline())
    st.markdown("##### The same network, the same start, the same time, the same thread")
    errors_chart()
    st.table(measured.table("methods"), hide_index=True)
    st.caption(
        "assets/training/methods.md: medians over three seeds (lowest, highest) on held-out flows. Sources, below, "
        "describe how they were measured."
    )


def _reason() -> None:
    st.markdown("##### The reason in two lines")
    st.markdown(
        "Near the solution $y^*$ the residual is $R \\approx A\\,(y - y^*)$, with $A = \\partial R/\\partial y$. Some "
        "directions of $y$ weigh far more in $A$ than others: a small eddy at the wall against the stream far away."
    )
    with st.container(key="why_pushes"):
        st.latex(r"\text{differentiated:}\quad -A^{\top} R \;=\; -A^{\top}\! A\,(y - y^*)")
        st.latex(r"\text{inverted:}\quad -A^{-1} R \;=\; -(y - y^*)")
    st.markdown(
        "The gradient squares these scales: where one direction weighs a thousand times more than another, the network "
        "is pushed along it a million times harder. The inverse takes the scales away: it points to the solution "
        f"itself. And it is affordable: {why.cost_words()}."
    )


def _methods() -> None:
    st.markdown("##### Four ways to use the physics")
    st.caption(
        "f: the network with parameters θ; y = f(x): its flow; R: residual of the flow equations; η: the step size."
    )
    cards = (
        ("DP, differentiable physics", DP_FORMULA, "Follows the gradient of ½|R|² through the physics."),
        ("SIP, scale-invariant physics", SIP_FORMULA, "Learns the better flow that the inverse solver returns."),
        ("HIG, half-inverse gradients", HIG_FORMULA, "Inverts physics and network together, half way (κ = −½)."),
        ("SIP+HIG", BOTH_FORMULA, "The targets of SIP, learnt with the half-inverse of the network alone."),
    )
    for pair in (cards[:2], cards[2:]):
        for column, (name, formula, words) in zip(st.columns(2), pair, strict=True):
            with column.container(border=True, height="stretch"):
                st.markdown(f"**{name}.** {words}")
                st.latex(formula)


def _conditioning() -> None:
    st.markdown("##### The effect on a problem with adjustable scales")
    chart, text = st.columns([1.25, 1], gap="large", vertical_alignment="center")
    conditions, rows = conditioning()
    figure = conditioning_figure(conditions, rows, 280)
    chart.plotly_chart(figure, key="why_conditions", config=PLOT_CONFIG, alt="Error against condition number")
    text.markdown(why.conditioning_words(conditions, rows))


def _in_time() -> None:
    st.markdown("##### Errors against time and against steps")
    _figure("methods")
    st.caption(
        "Flow past bodies, three seeds a method. The curves of supervised and SIP begin late because their solved "
        "flows and targets are paid for in the same seconds."
    )


def _figure(name: str) -> None:
    """A measured figure, black on white in its file; on a dark page the style sheet turns its lightness round."""
    with st.container(key=f"figure_{name}"):
        st.image(str(measured.TRAINING / f"{name}.png"), width="stretch")


def _what_did_not_work() -> None:
    st.markdown("##### What did not work")
    st.markdown(why.failures())
    if details := why.findings():
        with st.expander("The findings with all numbers, as assets/docs/surrogates-measurements.md has them"):
            st.markdown("\n".join(f"- {line}" for line in details))


def _sources() -> None:
    st.markdown("##### Sources")
    with st.expander("How it was measured, what the accuracy buys: assets/docs/surrogates-measurements.md, The flow"):
        st.markdown(measured.section(why.FLOW))
    with st.expander("All training methods: surrogates-theory.md and surrogates-measurements.md in assets/docs"):
        st.markdown(measured.section(METHODS, measured.THEORY))
        st.markdown(measured.section(METHODS))
    with st.expander("The published problems, measured again: assets/training"):
        for name in ("toy", "oscillators", "oscillator_epochs", "inverse_physics", "half_inverse_cost"):
            st.caption(f"{name}.md")
            st.dataframe(measured.table(name), hide_index=True, key=f"why_{name}")
        _figure("published_problems")
    st.markdown(
        "Papers: [SIP](https://arxiv.org/abs/2109.15048), [HIG](https://arxiv.org/abs/2203.10131), "
        "[Physics-based Deep Learning](https://physicsbaseddeeplearning.org)."
    )
