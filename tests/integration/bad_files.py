"""Files that cannot be imported, each written as it goes wrong in life, with the words its refusal must hold."""

import os
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import scipy.io

X = np.random.default_rng(7).standard_normal(2000)


def mat(path: Path) -> Path:
    scipy.io.savemat(path, {"DE": X, "fs": 12_000.0})
    return path


def truncated_mat(folder: Path) -> Path:
    path = mat(folder / "cut.mat")
    path.write_bytes(path.read_bytes()[:4000])
    return path


def truncated_npy(folder: Path) -> Path:
    path = folder / "cut.npy"
    np.save(path, X)
    path.write_bytes(path.read_bytes()[:-800])
    return path


def truncated_zip(folder: Path) -> Path:
    path = folder / "cut.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(mat(folder / "whole.mat"), "whole.mat")
    path.write_bytes(path.read_bytes()[:-200])
    return path


def empty_file(folder: Path) -> Path:
    (folder / "empty.mat").touch()
    return folder / "empty.mat"


def empty_folder(folder: Path) -> Path:
    (folder / "void").mkdir()
    return folder / "void"


def zip_bomb(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.bin", b"\0" * 8_000_000)
    return folder / "bomb.zip"


def wrong_type(folder: Path) -> Path:
    (folder / "picture.mat").write_bytes(np.random.default_rng(0).bytes(5000))
    return folder / "picture.mat"


def words(folder: Path) -> Path:
    (folder / "read me.csv").write_text("These are the measurements of Tuesday.\nAsk Ada about them.\n" * 50)
    return folder / "read me.csv"


def nothing_but_nan(folder: Path) -> Path:
    scipy.io.savemat(folder / "nan.mat", {"DE": np.full(2000, np.nan), "fs": 12_000.0})
    return folder / "nan.mat"


def zero_length(folder: Path) -> Path:
    np.save(folder / "none.npy", np.zeros(0))
    return folder / "none.npy"


def pickled(folder: Path) -> Path:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return (Path.touch, (folder / "executed",))

    np.save(folder / "trap.npy", np.array([Trap()] * 100, dtype=object), allow_pickle=True)
    return folder / "trap.npy"


def bare_pickle(folder: Path) -> Path:
    (folder / "trap.npy").write_bytes(pickle.dumps({"DE": X}))
    return folder / "trap.npy"


def path_traversal(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "evil.zip", "w") as archive:
        archive.write(mat(folder / "whole.mat"), "../../escape.mat")
    return folder / "evil.zip"


def broken_encoding(folder: Path) -> Path:
    """A text whose bytes are no UTF-8 and no table in any old encoding either."""
    (folder / "odd.csv").write_bytes(b"\xff\xfe" + np.random.default_rng(1).bytes(4001))
    return folder / "odd.csv"


def name_that_is_no_text(folder: Path) -> Path:
    return mat(folder / "plain.mat").rename(folder / os.fsdecode(b"messung_\xfc.mat"))


def folder_with_a_name_that_is_no_text(folder: Path) -> Path:
    return name_that_is_no_text(folder).parent


def nowhere(folder: Path) -> Path:
    return folder / "gone.mat"


BAD_FILES: dict[Callable[[Path], Path], str] = {
    truncated_mat: "ends early",
    truncated_npy: "cut.npy",
    truncated_zip: "ends early or is damaged",
    empty_file: "is empty (0 bytes)",
    empty_folder: "holds no files",
    zip_bomb: "times its size",
    wrong_type: "of no kind that can be read",
    words: "read me.csv",
    nothing_but_nan: "holds no number at all",
    zero_length: "none.npy",
    pickled: "pickled Python objects",
    bare_pickle: "of no kind that can be read",
    path_traversal: "leaves the archive",
    broken_encoding: "odd.csv",
    name_that_is_no_text: "not valid UTF-8",
    folder_with_a_name_that_is_no_text: "not valid UTF-8",
    nowhere: "does not exist",
}
