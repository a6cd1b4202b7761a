"""What a feature set is made of, as JSON and as a key."""

import hashlib
import json

from pydantic import BaseModel, ConfigDict, Field, field_validator

from pipelines.features.declaration import DOMAINS, FEATURE_VERSION, chosen_domains


class FeatureConfig(BaseModel):
    """Configuration of an extraction.

    Attributes
    ----------
    domains : tuple of str
        Domains to compute, `DOMAINS` by default; kept in canonical order.
    window_s : float or None
        Length of the windows in seconds; None for the whole record only.
    overlap : float
        Part of a window that the next one shares, 0 to below 1.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    domains: tuple[str, ...] = Field(default=DOMAINS, min_length=1, description="domains whose features are computed")
    window_s: float | None = Field(
        default=1.0, gt=0, allow_inf_nan=False, description="seconds of a window; none: records are taken whole"
    )
    overlap: float = Field(default=0.0, ge=0, lt=1, description="share of a window that the next one repeats")

    @field_validator("domains", mode="after")
    @classmethod
    def _known(cls, domains: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return chosen_domains(domains)
        except KeyError as unknown:
            raise ValueError(str(unknown)) from unknown

    def key(self) -> str:
        """Return a hash of this configuration and of the version of the definitions: 16 hexadecimal digits."""
        content = {"version": FEATURE_VERSION, **self.model_dump(mode="json")}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
