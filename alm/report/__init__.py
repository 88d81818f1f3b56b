"""The morning briefing on paper: one to four pages, vector charts, the same bytes for the same inputs."""

from alm.report.document import Contents, write

__all__ = ["Contents", "write"]
