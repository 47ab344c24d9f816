"""The edits of the place in the page: its section, and the step of the section Optimise."""

from __future__ import annotations

from dataclasses import replace

from fusiform.app.state.session import Section, Session, Step


def show_section(session: Session, section: Section) -> Session:
    """Show a section."""
    return replace(session, section=section)


def show_step(session: Session, step: Step) -> Session:
    """Show a step of the section Optimise."""
    return replace(session, step=step)
