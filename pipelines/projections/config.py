"""What a projection is made of: method, scaling and the parameters that matter to the method."""

from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines.errors import InputError

LEAST_PERPLEXITY = 2
_WIDEN = "Widen the filter, or choose PCA."

Method = Literal["pca", "tsne", "umap"]
Scaling = Literal["log", "standard", "robust"]


@dataclass(frozen=True)
class MethodDeclaration:
    """A method: its title, the parameters it has besides scaling, what it keeps, and where it comes from."""

    name: Method
    title: str
    parameters: tuple[str, ...]
    meaning: str
    source: str


METHODS = {
    one.name: one
    for one in (
        MethodDeclaration(
            "pca", "PCA", (),
            "The two directions along which the scaled features vary most. Distances are real, if two directions are "
            "enough: the axes say which share of the variance they carry.",
            "Hotelling 1933",
        ),
        MethodDeclaration(
            "tsne", "t-SNE", ("perplexity", "seed"),
            "Keeps near signals near. Sizes of groups and distances between them mean nothing.",
            "van der Maaten and Hinton 2008; Barnes-Hut: van der Maaten 2014",
        ),
        MethodDeclaration(
            "umap", "UMAP", ("neighbours", "min_distance", "seed"),
            "Keeps near signals near, and more of what lies between groups than t-SNE. Distances between groups are "
            "still not to be measured.",
            "McInnes, Healy and Melville 2018",
        ),
    )
}  # fmt: skip
"""The methods by name."""

IMMEDIATE = frozenset({"pca"})
"""Methods that take a fraction of a second and need no job."""


class ProjectionConfig(BaseModel):
    """Configuration of a projection; the same one on the same table gives the same picture."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Method = Field("pca", description="pca, tsne or umap")
    scaling: Scaling = Field(
        "log",
        description="log: sign(x) log(1 + |x| / median|x|), then standardised; standard: mean 0, deviation 1; robust: "
        "median 0, middle half 1",
    )
    perplexity: float = Field(
        30.0, ge=LEAST_PERPLEXITY, le=500, description="t-SNE: how many neighbours a signal has, about"
    )
    neighbours: int = Field(15, ge=2, le=500, description="UMAP: neighbours of a signal")
    min_distance: float = Field(0.1, ge=0, le=0.99, description="UMAP: least distance of points in the picture")
    seed: int = Field(0, ge=0, le=2**32 - 1, description="seed of t-SNE and UMAP")

    def require_enough(self, signals: int) -> None:
        """Refuse parameters that ask for more neighbours than so many signals have.

        Raises
        ------
        InputError
            The perplexity is above a third of the others (van der Maaten's own bound), or the neighbours are too many.
        """
        most = (signals - 1) / 3
        if self.method == "tsne" and self.perplexity > most:
            raise InputError(
                f"a perplexity of {self.perplexity:g} is too much for {signals:,} signals",
                hint=f"Choose at most {most:.3g}, a third of the others." if most >= LEAST_PERPLEXITY else _WIDEN,
            )
        if self.method == "umap" and self.neighbours >= signals:
            raise InputError(
                f"{self.neighbours} neighbours are too many for {signals:,} signals",
                hint=f"Choose at most {signals - 1}." if signals > LEAST_PERPLEXITY else _WIDEN,
            )

    def relevant(self) -> dict[str, Any]:
        """Method, scaling and the parameters that matter to the method: what a result depends on besides the table."""
        return {
            "method": self.method,
            "scaling": self.scaling,
            **{name: getattr(self, name) for name in METHODS[self.method].parameters},
        }
