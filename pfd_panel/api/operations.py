"""Every operation of the API, and every service that is none, with the reason."""

from pfd_panel.api.areas import (
    accounts,
    alerting,
    analyses,
    annotations,
    datasets,
    diagnosis,
    features,
    files,
    generation,
    jobs,
    models,
    overview,
    peeking,
    selections,
    sharing,
    signals,
    statistics,
    system,
    tags,
)
from pfd_panel.api.operation import Operation

AREAS = (
    datasets,
    overview,
    signals,
    analyses,
    annotations,
    selections,
    features,
    statistics,
    diagnosis,
    models,
    generation,
    files,
    peeking,
    jobs,
    tags,
    accounts,
    sharing,
    system,
    alerting,
)
"""The parts of the product, in the order in which the reference tells of them; their docstrings are its headings."""


def _declared() -> dict[str, Operation]:
    found: dict[str, Operation] = {}
    for area in AREAS:
        for one in vars(area).values():
            if isinstance(one, Operation) and one.call.__module__ == area.__name__:
                if one.name in found:
                    raise TypeError(f"two operations are called {one.name}")
                found[one.name] = one
    return found


OPERATIONS = _declared()

NOT_OFFERED = {
    "account.has_account": "get_account answers the account, or that there is none",
    "analysing.channels": "list_signals with where=recording; refusals of analyse_signal name them too",
    "context.as_right": "requests are validated by the same names",
    "context.as_role": "requests are validated by the same names",
    "collections.parse_changes": "reads the command line",
    "demo.excerpt": "a path on the server's machine; start_demo imports it",
    "diagnosing.asdict_shallow": "a tool of the module",
    "diagnosing.choose": "a step of diagnose_file",
    "diagnosing.diagnosis_key": "names a row of the cache",
    "diagnosing.evidence_rows": "the evidence is in every diagnosis",
    "diagnosing.has_geometry": "find_bearings says which bearings are known",
    "diagnosing.unconfirmed": "a step of diagnose_file",
    "exploring.feature_columns": "the columns of get_features after its attributes",
    "exploring.usable": "a step of get_correlation and rank_features, which leave the others out",
    "exporting.write_signal": "a step of export_dataset and export_selection",
    "exporting.write_to": "writes to the server's disk; export_dataset sends the file",
    "file_names.safe_name": "create_upload answers the name it kept",
    "file_names.plain_stem": "names the file that freeze_view sends",
    "generating.config_of": "requests are validated by the same declarations",
    "generating.parse_settings": "reads the command line",
    "generating.preview": "look answers the same record with its spectra",
    "generator_fields.nested": "a tool of forms",
    "generator_fields.problem_of": "a refusal names every field that does not fit",
    "health.dashboard": "an address inside the plant; /dask/ shows what is there",
    "health.good": "a tool of the module",
    "health.size_words": "numbers are answered as numbers",
    "notifying.wanted": "picks the messages that a page shows as toasts",
    "links.snippets": "add_link answers both snippets",
    "links.visited": "what a visitor without an account is shown; visitors have no API",
    "importing.parse_labels": "reads the command line",
    "importing.parse_patterns": "reads the command line",
    "importing.source": "a step of import_",
    "querying.features_of_version": "get_features with a version answers the same table",
    "querying.model_asked": "the model of `agreement`; list_models answers the models of a dataset",
    "querying.prepared": "a step of everything that takes a filter",
    "querying.spread": "fills the empty fields of a form; list_signals sorts by the same values",
    "querying.values": "get_features answers the same numbers",
    "reach.is_upload": "a tool of pages",
    "reach.opened": "words of pages; a refusal names the folders too",
    "reach.readable": "every operation that reads files asks it",
    "reach.upload_folder": "a tool of uploads",
    "passing_files.place": "a tool of services that make files",
    "people.person_of": "a tool of the module",
    "people.role_named": "requests are validated by the same names",
    "people.shown": "a step of invite_user and rename_account",
    "selecting.described": "words for the history of a dataset",
    "selecting.form_of": "reads the name of a file; export_selection takes the form",
    "selecting.write_to": "writes to the server's disk; export_selection sends the file",
    "training.default_features": "the default of extract_features and train",
    "training.params_of": "requests are validated by the same declarations",
    "training.records": "list_signals answers what is known of each signal",
    "training.settings": "flat options of the command line for the request of train",
    "training.split_named": "the split is in every model's configuration",
    "uploading.append": "PATCH of an upload's address, which takes raw bytes and is declared with its route",
    "views.checked": "requests are validated by the services",
    "views.titled": "requests are validated by the services",
    "viewing.analysed": "a stretch of get_samples",
    "viewing.at": "list_signals with limit 1 and a cursor",
    "measuring.kinds_for": "read_cursor refuses what a plot cannot have, and names what it can",
    "measuring.lines_of_envelope": "a step of read_cursor",
    "measuring.lines_of_spectrum": "a step of read_cursor",
    "measuring.lines_of_waveform": "a step of read_cursor",
    "measuring.reach": "a step of read_cursor",
    "measuring.read": "a step of read_cursor",
    "measuring.suggest_instants": "read_cursor without places puts the cursor where the page would",
    "measuring.suggest": "read_cursor without places puts the cursor where the page would",
    "viewing.floor_width_hz": "get_envelope answers amplitudes; the floor is the page's",
    "viewing.suggested_band": "get_envelope answers the band it chose",
    "work.finish": "waiting is the client's: get_job, or the stream of a job's events",
    "work.run": "submit_job and waiting",
    "work.stamp": "the ETag of list_jobs",
    "work.start_file": "reads a file of the server; submit_job takes what is in it",
    "work.whole_log": "get_log until it answers nothing more",
    "work.news": "watch_job sends what is new",
}
"""Services that are no operation, as ``module.function``, and why."""
