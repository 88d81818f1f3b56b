"""What `alm doctor` looks at, one topic per module; every check gives findings and changes nothing."""

from alm.doctor.finding import Finding, worst

__all__ = ["Finding", "worst"]
