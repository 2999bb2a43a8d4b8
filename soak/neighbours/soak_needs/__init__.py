"""An integration whose library is not there."""

raise ImportError("A library is not there")
