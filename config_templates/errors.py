"""The one way a configuration is refused: which field, and what is wrong with it."""

from hotspots.errors import HotspotsError


class ConfigError(HotspotsError):
    """A value that cannot become a configuration.

    Attributes:
        field: The field as the inventory or the configuration names it (`radios[0].channel`).
        problem: What is wrong and how to mend it. It never holds the value of a secret.
    """

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class NoTemplatesError(ConfigError):
    """The make, or its gateway, is one that configurations are not generated for."""
