"""Step 3: seeds, what the model is shown, and its options, all from their declarations."""

from collections.abc import Callable

from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components import Live, card, stack
from pfd_panel.components.fields import FIELD_STYLE, field, fields, text_input
from pfd_panel.pages.new_experiment.asked import MOST_SEEDS, TEST_SETTINGS, Asked
from pfd_panel.pages.result.model_params import TOGETHER, param_groups, settings_fields
from pipelines.features import FeatureConfig
from pipelines.learn import TrainConfig
from pipelines.training.declaring import TRAINABLE


class OptionsStep(Viewer):
    """The fields; `changed` is called after anything was typed."""

    def __init__(self, asked: Asked, changed: Callable[[], object]) -> None:
        super().__init__()
        self.asked, self._changed = asked, changed
        self._drawn: dict[str, str] = {}
        self.seeds = Live(on={"seeds": self.choose_seeds}, stylesheets=[FIELD_STYLE], margin=0)
        self.model, self.features, self.test = (Live(on={}, stylesheets=[FIELD_STYLE], margin=0) for _ in range(3))
        self.features.on = {f"feature-{name}": self._typed("features", name) for name in FeatureConfig.model_fields}
        self.test.on = {f"test-{name}": self._typed("test", name) for name in TEST_SETTINGS}
        self.draw()

    def choose_seeds(self, text: str) -> None:
        """Take these seeds."""
        self.asked.seeds = text.strip()
        self._again()

    def _typed(self, kind: str, name: str) -> Callable[[str], None]:
        def keep(text: str) -> None:
            self.asked.typed(kind, name, text)
            self._again()

        return keep

    def _again(self) -> None:
        # fields hold what was typed; drawing them anew would close the groups that the reader has opened
        if self.asked.wrong_options != self._drawn:
            self.draw()
        self._changed()

    def draw(self) -> None:
        """Show the fields of the model that is chosen, with what was typed and what is the matter with it."""
        asked = self.asked
        wrong = self._drawn = asked.wrong_options
        of = {
            kind: {name.partition("-")[2]: words for name, words in wrong.items() if name.startswith(f"{kind}-")}
            for kind in ("param", "feature", "test")
        }
        declared = asked.trainable
        self.model.on = {f"param-{name}": self._typed("params", name) for name in declared.params.model_fields}
        together = of["param"].pop(TOGETHER, "")
        said = Markup('<p class="field"><span class="wrong" role="alert">{}</span></p>').format(together)
        self.model.html = str(
            (said if together else Markup(""))
            + param_groups(declared, asked.params, of["param"])
            + Markup('<p class="note" style="margin-top:12px">{}</p>').format(declared.citation)
        )
        self.features.html = str(
            settings_fields(FeatureConfig, FeatureConfig.model_fields, asked.features, of["feature"], send="feature")
        )
        self.test.html = str(settings_fields(TrainConfig, TEST_SETTINGS, asked.test, of["test"], send="test"))
        note = f"One run each, at most {MOST_SEEDS}. Several seeds show how much of a score is luck; three are a start."
        self.seeds.html = str(
            fields(
                field(
                    "Seeds",
                    text_input("seeds", asked.seeds or asked.seed, placeholder="0, 1, 2"),
                    note=note,
                    wrong=wrong.get("seeds", ""),
                    wide=True,
                )
            )
        )

    def __panel__(self) -> object:
        on_samples = TRAINABLE.on_samples(self.asked.model)
        of = "of the model beside it and of the leak check" if on_samples else "what the model is shown"
        return stack(
            card("Seeds", self.seeds, qualifier="how often it is repeated"),
            card(
                f"{self.asked.trainable.title}",
                self.model,
                qualifier="defaults are sensible; what is set differently opens its group",
            ),
            card("Features", self.features, qualifier=of),
            card("Test and confidence", self.test, qualifier="the same for every model"),
        )
