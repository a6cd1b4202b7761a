from pipelines.learn import SplitConfig, TrainConfig, explain_difference, run_experiment

SVM = TrainConfig(model="svm_rbf", split=SplitConfig(folds=3), calibrate=False)
BY_SIZE = SVM.model_copy(update={"split": SplitConfig(kind="group", groups=("fault_size",))})


def sized_table(make_table, windows: int = 3):
    """Classes look the other way round at the other fault size."""
    labels, sizes = ["a", "b"] * 20, [7, 7, 21, 21] * 10
    table = make_table(labels, separation=0.0, windows=windows, fault_size=sizes)
    for r, (label, size) in enumerate(zip(labels, sizes, strict=True)):
        table.values[table.record == r, 0] += 8.0 if (label == "a") == (size == 7) else -8.0
        table.values[table.record == r, 1] += 8.0 if size == 7 else -8.0
    return table


def test_a_gap_is_traced_to_fault_sizes_met_in_training(make_table):
    table = sized_table(make_table)
    by_recording, by_size = run_experiment(table, SVM), run_experiment(table, BY_SIZE)
    words = explain_difference(by_size, by_recording)
    assert words == explain_difference(by_recording, by_size)
    assert words.startswith("The split by recording (3 folds, svm_rbf): 40 of 40 recordings right (100%)")
    assert "40 of 40 tested recordings had a training recording of the same class with the same fault_size" in words
    assert "most likely the very same damaged bearing); in the other none did" in words
    assert "the better estimate for a machine or damage that the model has not met" in words
    assert "Which physical bearing" in words
    only_first = 40 - by_size.recording.right
    assert f"{only_first} came out right only in the first and 0 only in the second" in words
    assert "chance alone hardly explains the difference" in words


def test_a_small_gap_is_called_chance_and_none_is_called_none(make_table):
    table = make_table(["a", "b"] * 6, separation=0.9, fault_size=[7, 7, 21, 21] * 3)
    by_recording, by_size = run_experiment(table, SVM), run_experiment(table, BY_SIZE)
    assert by_recording.recording.right != by_size.recording.right
    assert "the difference may be chance" in explain_difference(by_recording, by_size)
    assert "On the 12 recordings that both tested they do not differ" in explain_difference(by_size, by_size)


def test_what_else_differs_is_said(make_table):
    table = make_table(["a", "b"] * 6)
    other = SVM.model_copy(update={"model": "random_forest", "params": {"n_estimators": 10}})
    words = explain_difference(run_experiment(table, SVM), run_experiment(table, other))
    assert "tested with the same split; what differs is the model and its parameters" in words
    assert "Not only the split" not in words
    assert "fault_size" not in words


def test_a_class_left_out_of_one_split_is_said(make_table):
    table = make_table(["a", "b", "ok"] * 6, fault_size=[7, 7, None, 21, 21, None] * 3)
    small = SplitConfig(kind="group", groups=("fault_size",), drop_small_classes=True)
    words = explain_difference(
        run_experiment(table, SVM), run_experiment(table, SVM.model_copy(update={"split": small}))
    )
    assert "The split by fault_size says nothing about 'ok'" in words
    assert "Not only the split differs but also" in words
    assert "the classes" in words
