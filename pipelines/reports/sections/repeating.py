"""How it was made, what it is made of, and how to make it again."""

import shlex
from typing import Any

from pipelines.features import DOMAINS
from pipelines.learn import TrainConfig
from pipelines.reports import words
from pipelines.reports.document import Block, Code, Facts, Heading, Paragraph
from pipelines.reports.facts import ModelFacts

SHOWN_ELSEWHERE = ("dataset", "synthetic")


def repeating(facts: ModelFacts) -> list[Block]:
    """Configuration, environment, hashes and the command."""
    config = {name: value for name, value in facts.config.items() if name not in SHOWN_ELSEWHERE}
    used = facts.metrics["trained_on"].get("params") or {}
    filled: list[Block] = [Heading("Parameters of the model, as used", 2), Facts(tuple(words.flat(used).items()))]
    return [
        Heading("Configuration"),
        Facts(tuple(words.flat(config).items())),
        *(filled if used else []),
        Heading("Environment"),
        Facts(tuple((name, str(version)) for name, version in facts.environment.items()), code=True),
        Heading("Hashes and names"),
        Facts(
            (
                ("Data manifest", facts.data.manifest_hash),
                ("Dataset", f"{facts.data.id} version {facts.data.version}"),
                ("Split", str(facts.metrics["split"].get("hash", facts.split_id))),
                ("Feature set", facts.feature_set_id),
                ("Model version", facts.id),
                ("Model file, SHA-256", f"{facts.artifact_id} ({words.size(facts.artifact_bytes)})"),
                ("Job", facts.job_id or "none"),
            ),
            code=True,
        ),
        Heading("How to repeat it"),
        Code(f"{command(facts)}\npfd report {shlex.quote(facts.reference)} --format pdf,html"),
        Paragraph(how_far(facts), "note"),
    ]


def command(facts: ModelFacts) -> str:
    """The command that trains the same model again."""
    train: dict[str, Any] = facts.config["train"]
    split = train["split"]
    said: list[str] = ["pfd", "train", facts.data.name, "--model", facts.kind, "--target", facts.target]
    for group in split["groups"]:
        said += ["--group", group]
    if split["folds"]:
        said += ["--folds", str(split["folds"])]
    said += ["--seed", str(facts.seed)]
    if split.get("drop_small_classes"):
        said.append("--drop-small-classes")
    for channel in facts.config.get("channels") or ():
        said += ["--channel", str(channel)]
    for name, value in (train.get("params") or {}).items():
        said += ["--set", f"{name}={_given(value)}"]
    shown = facts.config.get("features") or {}
    window = shown.get("window_s")
    if window is not None:
        said += ["--window", f"{window:g}"]
    if tuple(shown.get("domains") or DOMAINS) != DOMAINS:
        for domain in shown["domains"]:
            said += ["--domain", domain]
    # what is kept says yes or no where there was one way to calibrate
    asked = TrainConfig.model_validate(train)
    if asked.calibrate != "temperature":
        said += ["--calibrate", asked.calibrate]
    if asked.coverage != TrainConfig().coverage:
        said += ["--coverage", f"{asked.coverage or 0:g}"]
    said += ["--name", facts.name]
    return shlex.join(said)


def how_far(facts: ModelFacts) -> str:
    """What the command needs to give the same result."""
    newer = (
        f" The dataset is at version {facts.data.current} by now: training it again learns from that one."
        if facts.data.current > facts.data.version
        else ""
    )
    beyond = unsaid(facts)
    rest = (
        f" The command has no option for: {words.listed(beyond)}; give them through the API or a notebook."
        if beyond
        else ""
    )
    return (
        f"The same data (manifest {facts.data.manifest_hash[:12]}), settings, seed and environment give "
        f"the same split and, on the same kind of processor, the same scores.{newer}{rest}"
    )


def unsaid(facts: ModelFacts) -> list[str]:
    """Settings of this training that the command has no option for."""
    train = facts.config["train"]
    split = train["split"]
    usual = {
        "seed of the split": split["seed"] == facts.seed,
        "one test instead of folds": split["folds"] is not None,
        "not stratified": split["stratified"],
        "a choice of features": train.get("features") is None,
    }
    return [name for name, as_usual in usual.items() if not as_usual]


def _given(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(map(_given, value))
    return str(value)
