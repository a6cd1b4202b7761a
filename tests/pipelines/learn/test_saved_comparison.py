"""What is kept of a result is enough to compare it again."""

import json

from pipelines.learn import SavedResult, SplitConfig, TrainConfig, explain_difference, run_experiment

SVM = TrainConfig(model="svm_rbf", split=SplitConfig(folds=3), calibrate=False)
BY_SIZE = SVM.model_copy(update={"split": SplitConfig(kind="group", groups=("fault_size",))})


def saved(result):
    kept = json.loads(json.dumps(result.to_json()))
    return SavedResult.from_json(kept, result.recordings.to_dict("records"))


def test_saved_results_are_explained_in_the_same_words(make_table):
    table = make_table(["a", "b"] * 6, separation=0.9, fault_size=[7, 7, 21, 21] * 3)
    results = [run_experiment(table, config) for config in (SVM, BY_SIZE)]
    assert explain_difference(*map(saved, results)) == explain_difference(*results)


def test_the_json_counts_in_recordings(make_table):
    result = run_experiment(make_table(["a", "b"] * 6, separation=3.0), SVM)
    told = result.to_json()["recording"]
    assert (told["right"], told["tested"]) == (result.recording.right, result.recording.tested) == (12, 12)
