"""The engines that draft a segment: one interface, one output type."""
