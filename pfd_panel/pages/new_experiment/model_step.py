"""Step 1: every model that can be trained, with what it is, what it is shown, its size and its source."""

from collections.abc import Callable

from markupsafe import Markup
from panel.viewable import Viewer

from pfd_panel.components import Live, card, stack
from pfd_panel.components import markup as m
from pfd_panel.pages.new_experiment.asked import Asked
from pfd_panel.theme import numbers
from pipelines.networks.declared.parameters import PARAMETERS
from pipelines.training.declaring import TRAINABLE, NetworkModelDeclaration, Trainable

STYLE = """
.models { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(250px, 100%), 1fr)); gap: 12px; }
.models button { display: flex; flex-direction: column; align-items: stretch; gap: 6px; padding: 12px 14px;
  text-align: left; font: inherit; color: inherit; border: 1px solid var(--p-line); border-radius: 8px;
  background: var(--p-surface); cursor: pointer; min-width: 0; }
.models button:hover { background: var(--p-sunken); }
.models button[aria-pressed=true] { border-color: var(--p-accent); background: var(--p-tint);
  box-shadow: inset 0 0 0 1px var(--p-accent); }
.models .title { display: flex; align-items: center; gap: 8px; justify-content: space-between; font-weight: 700; }
.models .title .icon { color: var(--p-accent); }
.models .what { flex: 1 0 auto; }
.models dl { display: grid; grid-template-columns: auto 1fr; gap: 2px 10px; margin: 2px 0 0; }
.models dt, .models dd { margin: 0; font-size: 12px; line-height: 16px; color: var(--p-text2);
  overflow-wrap: anywhere; }
.models dd { color: var(--p-text); }
"""

SEEN = {
    "raw_waveform": "windows of the signal",
    "stft_image": "windows, seen as a spectrogram",
    "cwt_image": "windows, seen as a scalogram",
    "order_bands": "order spectra: needs the shaft speed",
}


def shown_to(declared: Trainable) -> str:
    """What a model is shown of a signal, in words."""
    if not TRAINABLE.on_samples(declared.name):
        return "features of windows"
    if not isinstance(declared, NetworkModelDeclaration):
        return SEEN["raw_waveform"]
    if declared.network.input == "order_spectrum":
        return SEEN["order_bands"]
    return SEEN.get(declared.network.sees, "windows of the signal")


def size_of(declared: Trainable) -> str:
    """How large a model is as it comes, in words."""
    count = PARAMETERS.get(declared.name)
    if count is not None:
        return f"{numbers.integer(count)} weights, {numbers.size(4 * count)}"
    return "counted when it is timed" if isinstance(declared, NetworkModelDeclaration) else "grows with the data"


def model_cards(models: list[Trainable], chosen: str) -> Markup:
    """The models beside one another; one is pressed."""
    parts = [
        Markup(
            '<button type="button" data-send="model" data-value="{}" aria-pressed="{}"><span class="title">{}{}</span>'
            '<span class="what">{}</span><dl><dt>Is shown</dt><dd>{}</dd><dt>Size</dt><dd>{}</dd>'
            "<dt>Source</dt><dd>{}</dd></dl></button>"
        ).format(
            one.name,
            "true" if one.name == chosen else "false",
            one.title,
            m.icon("check_circle") if one.name == chosen else "",
            one.summary,
            shown_to(one),
            size_of(one),
            one.citation,
        )
        for one in models
    ]
    return Markup('<div class="models">{}</div>').format(Markup("").join(parts))


class ModelStep(Viewer):
    """The cards; `chosen` is called after another model was taken."""

    def __init__(self, asked: Asked, chosen: Callable[[], object]) -> None:
        super().__init__()
        self.asked, self._chosen = asked, chosen
        on = {"model": self.choose}
        self.of_features, self.of_samples = (Live(on=on, stylesheets=[STYLE], margin=0) for _ in range(2))
        self.draw()

    def choose(self, name: str) -> None:
        """Take a model."""
        self.asked.choose_model(name)
        self.draw()
        self._chosen()

    def _of(self, *, samples: bool) -> list[Trainable]:
        return [one for one in self.asked.declared.values() if TRAINABLE.on_samples(one.name) == samples]

    def draw(self) -> None:
        """Show which is chosen."""
        self.of_features.html = str(model_cards(self._of(samples=False), self.asked.model))
        self.of_samples.html = str(model_cards(self._of(samples=True), self.asked.model))

    def __panel__(self) -> object:
        return stack(
            card(
                "Models on features",
                self.of_features,
                qualifier=f"{len(self._of(samples=False))} · fitted at once, in seconds to minutes",
                help_text="Each window becomes a row of numbers that engineers know: RMS, kurtosis, bands, envelope "
                "lines. Quick, hard to fool, and what every network has to beat.",
            ),
            card(
                "Models on samples",
                self.of_samples,
                qualifier=f"{len(self._of(samples=True))} · networks learn epoch by epoch; sizes as they come",
                help_text="These make their own features from samples. The best epoch is chosen on recordings kept "
                "back from training, and a model on features is tested beside it.",
            ),
        )
