"""Every page with an address at which it shows all it can."""

from urllib.parse import urlencode

from tests.e2e.site import PATIENCE_S, Site, Visit
from tests.pfd_panel.conftest import JOURNAL, RIG, SIMULATED

MODEL_TABS = (
    "overview", "training", "curves", "condition", "mistakes", "calibration", "compare", "predict", "ship",
    "configuration", "artifacts",
)  # fmt: skip


def addresses(site: Site) -> dict[str, str]:
    """Name of a scene to its address; what changes labels or destroys comes after what needs them."""
    told = site.told
    diagnosed = {"path": told["file"], "bearing": "6205-2RS", "speed": "1797", "rate": "12000"}
    found = {
        "home": f"/?{urlencode({'dataset': RIG})}",
        "datasets": "/datasets",
        "import": "/import",
        "import, inspected": f"/import?{urlencode({'path': told['rig'], 'dataset': 'Another rig'})}",
        "generate": "/generate",
        "generate, journal": "/generate?kind=journal",
        "signals": f"/signals?{urlencode({'dataset': SIMULATED})}",
        "signal": f"/signal?{urlencode({'dataset': RIG, 'id': told['signal']})}",
        "signal, journal": f"/signal?{urlencode({'dataset': JOURNAL})}",
        "explorer": f"/explorer?{urlencode({'dataset': RIG})}",
        "explorer, no features": f"/explorer?{urlencode({'dataset': JOURNAL})}",
        "compare": f"/compare?{urlencode({'dataset': RIG, 'ids': told['signal'], 'view': 'difference'})}",
        "compare, healthy": f"/compare?{urlencode({'dataset': RIG, 'ids': told['signal'], 'view': 'healthy'})}",
        "annotations": "/annotations",
        "look": f"/look?{urlencode({'path': told['file']})}",
        "diagnose": "/diagnose",
        "diagnose, done": f"/diagnose?{urlencode(diagnosed)}",
        "experiments": "/experiments",
        "experiments, compared": f"/experiments/compare?{urlencode({'ids': ','.join((told['model'], told['other']))})}",
        "models": "/models",
        "train": f"/train?{urlencode({'dataset': RIG})}",
        "new experiment, data": f"/experiments/new?{urlencode({'dataset': RIG, 'step': 'data'})}",
        "new experiment, options": f"/experiments/new?{urlencode({'dataset': SIMULATED, 'step': 'options'})}",
        "new experiment, network": f"/experiments/new?{urlencode({'from': told['learning'], 'step': 'options'})}",
        "new experiment, review": f"/experiments/new?{urlencode({'from': told['experiment'], 'step': 'review'})}",
        "experiment": f"/experiment?id={told['experiment']}",
        "experiment, learning": f"/experiment?id={told['learning']}",
        "experiment, results": f"/experiment?id={told['experiment']}&tab=results",
        "experiment, configuration": f"/experiment?id={told['learning']}&tab=configuration",
        "jobs": "/jobs",
        "account": "/account",
        "people": "/people",
        "audit log": "/audit",
        "shared": "/shared",
        "job, done": f"/jobs?id={told['job']}",
        "job, queued": f"/jobs?id={told['queued']}",
        "health": "/health?level=debug",
        "inbox": "/inbox",
        "inbox, rules": "/inbox?tab=rules",
        "inbox, channels": "/inbox?tab=channels",
        "inbox, sent": "/inbox?tab=sent",
        "dataset": f"/datasets?{urlencode({'name': JOURNAL})}",
    }
    for tab in MODEL_TABS:
        said = {"id": told["model"], "tab": tab} | ({"other": told["other"]} if tab == "compare" else {})
        found[f"model, {tab}"] = f"/model?{urlencode(said)}"
    return found


READY = {
    "home": "main .bk-Figure",
    "import, inspected": "main [data-send=start]",
    "signal": "main >> text=/^Evidence$/",
    "look": "main .bk-Figure",
    "explorer": "main >> text=/^Separability$/",
    "compare": "main .bk-Figure",
    "diagnose, done": "main >> text=/^Harmonics$/",
    "model, ship": "main >> text=/^Stored model$/",
    "model, curves": "main >> text=/^All classes$/",
    "model, condition": "main >> text=/^By load$|^Not recorded$/",
    "model, mistakes": "main >> text=/^Hardest recordings$/",
    "model, calibration": "main >> text=/^Unlike the training data$/",
    "model, artifacts": "main >> text=/^Files$/",
    "experiments, compared": "main >> text=/^Where they disagree$/",
    "train": "main .models",
    "new experiment, data": "main >> text=/^Learns from$/",
    "new experiment, options": "main >> text=/^Memory of a worker$/",
    "new experiment, network": "main >> text=/^Memory of a worker$/",
    "experiment, learning": "main .bk-Figure",
    "experiment, results": "main >> text=/^Calibration error$/",
    "model, compare": "main >> text=/^Calibration error$/",
}
"""What shows that the slow part of a scene is there."""


def show(visit: Visit, scene: str) -> None:
    """Open a scene and wait for all of it."""
    visit.open(addresses(visit.site)[scene])
    if scene in READY:
        sign = visit.page.locator(READY[scene]).first
        visit.until(sign.is_visible, f"{READY[scene]} of {scene}", PATIENCE_S)
    visit.until(lambda: not visit.page.locator("main .skeleton").count(), f"{scene} without skeletons", PATIENCE_S)


SCENES = (
    "home", "datasets", "import", "import, inspected", "generate", "generate, journal", "train", "new experiment, data",
    "new experiment, options", "new experiment, network", "new experiment, review", "experiment", "experiment, results",
    "experiment, configuration", "experiment, learning", "signals", "signal",
    "signal, journal", "annotations", "look", "explorer", "explorer, no features", "compare", "compare, healthy",
    "diagnose", "diagnose, done", "experiments", "experiments, compared", "models", "jobs", "account", "people",
    "audit log", "shared", "job, done", "job, queued", "health", "inbox, rules", "inbox, channels", "inbox",
    "inbox, sent", *(f"model, {tab}" for tab in MODEL_TABS), "dataset",
)  # fmt: skip
