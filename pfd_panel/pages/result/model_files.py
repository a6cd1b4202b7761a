"""The files in which a model leaves: how large, how fast, how equal to the model, and how to use them alone."""

from functools import partial
from typing import Any

import panel as pn
from markupsafe import Markup

from data_catalog.schema import ModelVersion
from pfd_panel.components import card, grid, surface
from pfd_panel.components import markup as m
from pfd_panel.components.table import Column, simple_table
from pfd_panel.server.exchange import Download
from pfd_panel.server.session import page_session
from pfd_panel.services import registering
from pfd_panel.services.context import Context
from pfd_panel.services.registering import ModelCard, ModelFile
from pfd_panel.theme import numbers
from pipelines.exchange import export_format

SMALL = 1e-4
"""A difference in probability below this is said as a power of ten."""

_PRE = Markup(
    '<pre class="mono" style="margin:0;padding:12px;max-height:360px;overflow:auto;background:var(--p-sunken);'
    'border-radius:6px">{}</pre>'
)


def files_table(context: Context, model: ModelVersion, told: ModelCard, *below: Any) -> pn.Column:
    """Every file there can be, with a link to those that were made; `below` stands under them."""

    def fetched(format: str) -> Download:
        made = registering.download(context, model.id, format)
        return Download(made.name, made, export_format(format).media_type)

    def name(row: ModelFile) -> Markup:
        return Markup(
            '<b>{}</b><div class="note" style="white-space:normal;min-width:200px;padding-bottom:4px">{}</div>'
        ).format(row.title, row.summary)

    def link(row: ModelFile) -> Markup:
        if not row.made:
            return Markup('<span class="muted">not made yet</span>')
        address = page_session().offer(partial(fetched, row.format))
        words = f"Download {row.title}"
        return Markup(
            '<a class="button" href="{}" download title="{}" aria-label="{}">{}<span>Download</span></a>'
        ).format(address, words, words, m.icon("download"))

    def latency(row: ModelFile) -> str:
        if row.report is None:
            return numbers.DASH
        times = row.report["latency"]
        return f"{numbers.number(times['median_ms'], 3)} / {numbers.number(times['p95_ms'], 3)}"

    columns = [
        Column("title", "File", name),
        Column("bytes", "Size", lambda r: numbers.size(r.bytes) if r.made else numbers.DASH, numeric=True),
        Column("latency", "One record (ms), median / p95", latency, numeric=True),
        Column("parity", "Largest difference in probability", _difference, numeric=True),
        Column("sha", "SHA-256", lambda r: Markup("<code>{}</code>").format(r.sha256[:12]) if r.made else numbers.DASH),
        Column("link", "", link, numeric=True),
    ]
    missing = (
        Markup("")
        if told.exportable
        else Markup(
            '<p class="note" style="margin-top:8px">Weights and ONNX are for networks. This model works on features: '
            "a program asks it over REST, or reads the stored model with this product.</p>"
        )
    )
    times = f"times on {told.machine}, one thread" if told.machine else "each made and measured by a job"
    return card(
        "Files",
        simple_table(columns, told.files),
        missing,
        *below,
        qualifier=times,
        help_text="Before a file is handed out it answers real windows of recordings that the first fold of the test "
        "held out, and its answers are compared with the model's: a difference above rounding stops the job. The "
        "stored model is timed from samples to the answer with its features and its gate, networks from windows to "
        "probabilities.",
    )


def _difference(row: ModelFile) -> str:
    if row.report is None:
        return numbers.DASH
    parity = row.report.get("parity")
    if parity is None:
        return "the model itself"
    largest = parity["largest_probability"]
    if largest == 0:
        return f"none on {parity['windows']} windows"
    mantissa, _, exponent = f"{largest:.1e}".partition("e")
    small = f"{mantissa} · 10^{int(exponent)}".replace("-", "\N{MINUS SIGN}")
    return f"{numbers.percent(largest, 2) if largest >= SMALL else small} on {parity['windows']} windows"


def measured_cards(told: ModelCard) -> list[Any]:
    """Parameters, size and latency as numbers, and what 8-bit weights cost, once they were measured."""
    reports = {one.format: one.report for one in told.files if one.report is not None}
    found: list[Any] = [_numbers(told, reports["saved"])] if "saved" in reports else []
    if "onnx_int8" in reports:
        found.append(_eight_bits(reports["onnx_int8"], next(one for one in told.files if one.format == "onnx_int8")))
    return found


def _numbers(told: ModelCard, whole: dict[str, Any]) -> pn.Column:
    record = whole["record"]
    shown = f"{numbers.integer(record['samples'])} samples at {numbers.rate(record['rate_hz'])}"
    stats = [
        m.stat(
            "One record, from samples to the answer",
            numbers.number(told.latency_ms, 3),
            "ms",
            f"median; p95 {numbers.number(told.latency_p95_ms, 3)} ms over {whole['latency']['runs']} runs, {shown}",
        ),
        m.stat("As stored", numbers.size(told.stored_bytes), "", "with what tells it from other data, compressed"),
    ]
    if told.parameters is not None:
        stats.append(m.stat("Parameters", numbers.integer(told.parameters), "", "weights that were learned"))
    return grid(*((surface(one), 12 // len(stats)) for one in stats))


def _eight_bits(report: dict[str, Any], made: ModelFile) -> pn.Column:
    cost, plain, parity = report["held_out"], report["plain"], report["parity"]
    of = cost["recordings"]

    def right(count: int, bounds: dict[str, float]) -> str:
        return f"{count} of {of} ({numbers.fixed(100 * bounds['low'])}–{numbers.fixed(100 * bounds['high'])} %)"

    rows = [
        ("Size", numbers.size(plain["bytes"]), numbers.size(made.bytes)),
        (
            "One record, median / p95 (ms)",
            *(
                f"{numbers.number(one['median_ms'], 3)} / {numbers.number(one['p95_ms'], 3)}"
                for one in (plain["latency"], report["latency"])
            ),
        ),
        (
            "Held-out recordings right (exact 95 %)",
            right(cost["original_right"], cost["original_interval"]),
            right(cost["variant_right"], cost["variant_interval"]),
        ),
    ]
    columns = [
        Column("what", "", lambda r: r[0]),
        Column("plain", "32-bit weights", lambda r: r[1], numeric=True),
        Column("small", "8-bit weights", lambda r: r[2], numeric=True, strong=True),
    ]
    return card(
        "What 8-bit weights cost",
        simple_table(columns, rows),
        Markup('<p class="note" style="margin-top:8px">{}</p>').format(
            f"{cost['fold']}, {cost['split']}: the network was trained again without these recordings, then quantised "
            f"in the same way. Both say the same of {cost['same']} of {of}. In this version's own answers to "
            f"{parity['windows']} windows, {numbers.percent(parity['agree'])} name the same class; probabilities "
            f"differ by up to {numbers.percent(parity['largest_probability'])}."
        ),
        qualifier="measured, not assumed",
        help_text="Dynamic quantisation: weights are stored in 8 bits, activations are quantised as they come. It "
        "always makes the file smaller, but a processor may be slower at it.",
    )


def usage_card(told: ModelCard) -> list[Any]:
    """A program that uses the ONNX file alone, and one that asks over REST."""
    over_rest = (
        "curl -H 'authorization: Bearer pfd_…' -H 'content-type: application/x-npy' --data-binary @record.npy \\\n"
        f"  'https://…/api/v1/models/{told.model_id}/predict?rate_hz=12000'"
    )
    parts = [
        Markup('<p class="note" style="margin-bottom:8px">{}</p>{}').format(
            "Ask this server about one record: a .npy file of one axis, or JSON with samples.", _PRE.format(over_rest)
        )
    ]
    usage = next((one.report["usage"] for one in told.files if one.report and "usage" in one.report), "")
    if usage:
        parts.append(
            Markup(
                '<p class="note" style="margin:12px 0 8px">{}</p>{}<div class="row" style="margin-top:8px">{}</div>'
            ).format(
                "Use the ONNX file anywhere; this text is in its metadata, too.",
                _PRE.format(usage),
                m.copy_button("Copy the program", usage),
            )
        )
    return [card("Use it from a program", *parts)]
