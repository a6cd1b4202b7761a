"""A page that shows every component with computed data; served by tests only."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import param
from markupsafe import Markup

from pfd_panel.components import Live, card, grid, stack, static, surface
from pfd_panel.components import markup as m
from pfd_panel.components.facets import Facet, FacetList, FacetValue
from pfd_panel.components.jobs import JobCard, JobState, state_chip
from pfd_panel.components.plots import (
    BoxPlot,
    LinePlot,
    MarkerLines,
    ScatterPlot,
    array_overview,
    confusion_matrix,
    image_plot,
    reliability_plot,
    spectrum_plot,
)
from pfd_panel.components.table import Column, DataTable, Rows
from pfd_panel.components.upload import UploadZone
from pfd_panel.pages.factory import PageDeclaration, toast
from pfd_panel.pages.view import PageView
from pfd_panel.server.exchange import Download
from pfd_panel.theme import numbers
from pfd_panel.theme.classes import JOURNAL
from pfd_panel.theme.tokens import ROLLING
from tests.pfd_panel.components.followed import Followed, looks

__all__ = ["PAGES", "looks"]

RATE = 12_000.0
FAULTS = ("healthy", "inner", "ball", "outer")


def bearing_signal(seconds: float = 4.0) -> np.ndarray:
    """Impulses at 162 Hz ringing at 3 kHz in noise."""
    rng = np.random.default_rng(0)
    t = np.arange(int(seconds * RATE)) / RATE
    ring = np.exp(-900 * (t % (1 / 162.2))) * np.sin(2 * np.pi * 3000 * (t % (1 / 162.2)))
    return (1.2 * ring + 0.15 * rng.standard_normal(t.size)).astype(np.float32)


class Gallery(PageView):
    """Everything, once."""

    picked = param.String()
    sort = param.String(default="kurtosis")
    in_address = ("picked", "sort")

    def __panel__(self) -> Any:
        rng = np.random.default_rng(1)
        looks = [ROLLING[name] for name in FAULTS]
        x = bearing_signal()
        spectrum = np.abs(np.fft.rfft(x)) / x.size * 1000
        step = RATE / x.size
        wave = LinePlot(
            array_overview(x, 0.0, 1 / RATE),
            (0.0, (x.size - 1) / RATE),
            x_label="Time (s)",
            y_label="Acceleration (g)",
            window=(0.0, 1.0),
        )
        markers = [
            MarkerLines("BPFI", [162.2 * k for k in (1, 2, 3, 4)], ROLLING["inner"].color),
            MarkerLines("BPFO", [107.4 * k for k in (1, 2, 3, 4)], ROLLING["outer"].color, "dotted"),
        ]
        envelope = np.abs(np.fft.rfft(x.astype(float) ** 2))
        envelope[0] = 0
        env = spectrum_plot(
            envelope / np.median(envelope),
            step,
            y_label="Power over floor (×)",
            limit=710.0,
            height=300,
            markers=markers,
        )
        groups = [
            (look, np.exp(rng.normal(-1.2 + 0.3 * i, 0.3, 18)), 2 + 3 * i + rng.gamma(2, 1, 18))
            for i, look in enumerate(looks)
        ]
        points, boxes = ScatterPlot(log=True), BoxPlot()
        points.fill(
            groups,
            x_label="RMS acceleration (g)",
            y_label="Kurtosis (no unit)",
            names=[[f"s{i}" for i in range(18)]] * 4,
        )
        boxes.fill([(look, kurtosis) for look, _, kurtosis in groups], y_label="Kurtosis (no unit)")
        rows = [
            {
                "name": f"{100 + i}_{i % 4}/DE",
                "look": looks[i % 4],
                "kurtosis": float(rng.gamma(3, 2)),
                "rms": float(rng.gamma(2, 0.2)),
            }
            for i in range(59)
        ]

        def fetch(sort: str, descending: bool, offset: int, limit: int) -> Rows:
            ordered = sorted(
                rows, key=lambda row: row.get(sort, 0) if sort != "look" else row["look"].label, reverse=descending
            )
            return Rows(ordered[offset : offset + limit], len(rows))

        self.table = DataTable(
            [
                Column("name", "Signal", lambda r: Markup('<a href="/?picked={0}">{0}</a>').format(r["name"])),
                Column("look", "Fault (label)", lambda r: m.class_name(r["look"])),
                Column("rms", "RMS (g)", lambda r: numbers.number(r["rms"]), numeric=True),
                Column("kurtosis", "Kurtosis", lambda r: numbers.fixed(r["kurtosis"], 2), numeric=True, strong=True),
            ],
            fetch,
            key=lambda r: r["name"],
            sort="kurtosis",
            descending=True,
            note="speed not in the file, from the load",
        )
        self.table.param.watch(lambda event: setattr(self, "sort", event.new), "sort")
        facets = FacetList(
            [
                Facet(
                    "fault",
                    "Fault",
                    [
                        FacetValue(n, ROLLING[n].label, c, ROLLING[n])
                        for n, c in zip(FAULTS, (2, 21, 18, 18), strict=True)
                    ],
                ),
                Facet("load", "Load", [FacetValue(str(i), f"{i} hp", c) for i, c in enumerate((23, 9, 18, 0))]),
            ]
        )
        self.clicks = Live(str(m.button("Count", send="count")), on={"count": lambda _: self._count()})
        self.toasts = Live(
            str(m.button("Say", send="say") + m.button("Fail", send="fail")),
            on={"say": lambda _: toast("Features computed for 59 signals"), "fail": lambda _: 1 / 0},
        )
        stored: list[str] = []
        rolling_counts = [[232, 0, 0, 0], [58, 57, 1, 0], [0, 0, 116, 0], [0, 3, 0, 119]]
        bins = np.linspace(0.45, 0.97, 7)
        stft = 20 * np.log10(
            np.abs(np.array([np.fft.rfft(x[i : i + 256] * np.hanning(256)) for i in range(0, 12_000, 64)])).T + 1e-3
        )
        csv = lambda: Download("balance.csv", b"class,signals\nhealthy,2\n", "text/csv")  # noqa: E731
        return stack(
            static(
                m.page_head(
                    Markup('<span class="lead">105_0 /</span> Drive end {}').format(
                        m.chip("alarm", "Inner race · 0.007 in")
                    ),
                    "CWRU bearing rig · SKF 6205-2RS · 1,797 rpm · 0 hp · 12 kHz · 4.0 s",
                    m.button("Compare", icon_name="compare"),
                    m.button("Import signals", icon_name="upload_file", href="/nowhere", kind="primary"),
                    statement=Markup("<b>3 of 4 classes are never confused with another.</b> Most errors: Inner race."),
                )
            ),
            grid(
                *(
                    surface(m.action_link(t, n, i, "/"), flush=True)
                    for t, n, i in (
                        ("Import signals", "mat, csv, wav, h5, npy, zip", "upload_file"),
                        ("Diagnose a file", "no training needed", "troubleshoot"),
                        ("New experiment", "model, data, split", "science"),
                        ("Report", "PDF of a run", "description"),
                    )
                ),
                phone_pairs=True,
            ),
            grid(
                surface(m.stat("Signals", "59", "in 21 recordings", "9.5 min · 3 channels · 12 and 48 kHz")),
                surface(
                    m.stat(
                        "Diagnosed without training",
                        "15 / 21",
                        "drive-end",
                        "13 agree with the label · 2 disagree · 6 abstained",
                    )
                ),
                surface(
                    m.stat(
                        "Best run, by recording", numbers.percent(0.989), "window accuracy", "random forest · 2 folds"
                    )
                ),
                surface(
                    m.stat(
                        "Needs attention",
                        "3",
                        "data findings",
                        "1 rate differs · 1 speed missing",
                        m.chip("watch", "Review"),
                    )
                ),
                phone_pairs=True,
            ),
            grid(
                (
                    card(
                        "Class balance",
                        m.bar_list(list(zip(looks, (2, 21, 18, 18), strict=True)), 59),
                        qualifier="59 signals, by label",
                        download=csv,
                    ),
                    5,
                ),
                (
                    card(
                        "Level against impulsiveness",
                        points.pane,
                        qualifier="72 signals, log axes",
                        legend=m.legend(looks),
                        legend_below=True,
                        help_text="Healthy bearings are Gaussian: kurtosis near 3.",
                    ),
                    7,
                ),
            ),
            grid(
                (
                    stack(
                        card("Waveform", wave, qualifier="first 1.0 of 4.0 s", right="RMS 0.292 g · peak 1.74 g"),
                        card(
                            "Envelope spectrum",
                            env,
                            qualifier="squared envelope, Δf 0.25 Hz",
                            legend=m.line_legend(
                                [
                                    ("BPFI 162.2 Hz", ROLLING["inner"].color, "dashed"),
                                    ("BPFO 107.4 Hz", ROLLING["outer"].color, "dotted"),
                                ]
                            ),
                        ),
                        grid(
                            card(
                                "Spectrum",
                                spectrum_plot(spectrum, step, y_label="Amplitude (mg)"),
                                qualifier="Δf 0.25 Hz",
                            ),
                            card(
                                "Spectrogram",
                                image_plot(
                                    stft, (0, 1), (0, 6), x_label="Time (s)", y_label="Frequency (kHz)", unit="dB"
                                ),
                                qualifier="STFT 256/64",
                            ),
                        ),
                    ),
                    8,
                ),
                (
                    stack(
                        card(
                            "Diagnosis",
                            Markup('<div class="row"><b>{}</b><span class="grow"></span>{}</div>').format(
                                "Inner race defect", m.chip("alarm", "Fault evidence")
                            ),
                            m.evidence_rows(
                                [
                                    m.Evidence(ROLLING["inner"], "BPFI", 8.5, 6, -0.003),
                                    m.Evidence(ROLLING["ball"], "2·BSF", 1.1, 6, 0.018),
                                    m.Evidence(ROLLING["outer"], "BPFO", 1.1, 6, 0.004),
                                    m.Evidence(ROLLING["cage"], "FTF", -1.1, 6, 0.013),
                                ]
                            ),
                            qualifier="physics, no training",
                            help_text="Score over the gate.",
                        ),
                        card(
                            "Record",
                            m.key_values(
                                [
                                    ("Bearing", "SKF 6205-2RS"),
                                    ("Speed", "1,797 rpm · from file"),
                                    ("Source", Markup("<code>105_0.mat</code>")),
                                ]
                            ),
                        ),
                        card(
                            "System",
                            m.status_lines(
                                [
                                    ("Coordinator", "heartbeat 0.4 s ago", m.chip("healthy")),
                                    ("GPU", "none on this machine", m.chip("unknown", "Not used")),
                                ]
                            ),
                            right=Markup('<a href="/">Details</a>'),
                        ),
                        card(
                            "Draft",
                            Live('<input type="text" class="draft" data-send="draft" aria-label="Draft">', margin=0),
                        ),
                        card(
                            "Filters",
                            facets,
                            right=Markup('<button class="link" data-send="clear">Clear</button>'),
                            on={"clear": lambda _: facets.clear()},
                        ),
                    ),
                    4,
                ),
            ),
            grid(
                (
                    card(
                        "Kurtosis by class",
                        boxes.pane,
                        qualifier="72 signals",
                    ),
                    4,
                ),
                (
                    card(
                        "Confusion matrix",
                        confusion_matrix(rolling_counts, [look.label for look in looks]),
                        qualifier="windows; shade is share of row",
                    ),
                    4,
                ),
                (
                    card(
                        "Calibration",
                        reliability_plot(bins, bins**1.2, [3, 9, 20, 40, 80, 160, 400]),
                        qualifier="7 bins",
                    ),
                    4,
                ),
            ),
            card("Signals", self.table, qualifier="sorted by kurtosis"),
            grid(
                card(
                    "Signals",
                    m.empty(
                        Markup("No signal matches <code>load:9</code>"),
                        "Loads in this dataset are 0 to 3 hp.",
                        m.button("Remove this filter", icon_name="filter_alt_off", send="x"),
                    ),
                    qualifier="empty: why, and what next",
                ),
                card("Envelope spectrum", m.skeleton(16, 130), qualifier="loading"),
            ),
            grid(
                card(
                    "Order spectrum",
                    m.error(
                        "Not computed",
                        "Speed is missing for 3001_0.",
                        "Orders need the shaft speed.",
                        m.button("Enter speed", icon_name="speed", send="x", kind="primary"),
                    ),
                    qualifier="error",
                ),
                card(
                    "Kurtogram sweep",
                    JobCard(
                        JobState(
                            "j1", "Kurtogram sweep", "running", 36, 59, "signals", 4.1, 80, "Started 06:40 UTC by ada"
                        ),
                        lambda *_: None,
                    ),
                    right=state_chip("running"),
                ),
            ),
            grid(
                card("Import", UploadZone(lambda path: stored.append(str(path)))),
                card("Journal classes", static(m.legend(JOURNAL.values())), self.clicks, self.toasts),
            ),
        )

    def _count(self) -> None:
        self.picked = str(int(self.picked or 0) + 1)
        self.clicks.html = str(m.button(f"Counted {self.picked}", send="count"))


def broken(context: Any, query: Mapping[str, str]) -> Any:
    """A page that fails while it is made."""
    raise RuntimeError("SECRET-DETAIL")


class Plain(PageView):
    """An almost empty page, below the gallery."""

    crumbs = param.List(default=[["Gallery", "/"], ["Here", ""]])

    def __panel__(self) -> Any:
        return static(m.page_head("Plain", "nothing else"))


PAGES = (
    PageDeclaration("/", "Gallery", "home", Gallery),
    PageDeclaration("/plain", "Plain", "description", Plain),
    PageDeclaration("/followed", "Followed", "sync", Followed),
    PageDeclaration("/broken", "Broken", "report", broken),
)
