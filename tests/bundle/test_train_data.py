"""What train.py reads: real files of every domain, and what it says about mistakes in them."""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from scripts import imported, write


@cache
def reader(domain: str, task: str) -> ModuleType:
    with tempfile.TemporaryDirectory() as folder:
        return imported(write(domain, task, Path(folder)))


TABLE = "set,x1,x2,y1,y2\na,1,2,5,6\na,3,4,5,6\nb,7,8,9,9\n"
SETS = {"x": np.ones((9, 6, 2)), "y": np.ones((9, 2))}
MOLECULES = {"z": np.ones((9, 2), int), "pos": np.ones((9, 2, 3))}
MOLECULES |= {"forces": np.ones((9, 2, 3)), "energy": np.ones(9)}
GRAPHS = {"x": np.ones((4, 3)), "edge_index": np.array([[0, 1], [1, 0]])}
GRAPHS |= {"edge_attr": np.ones((2, 2)), "y": np.array([0, 2]), "ptr": np.array([0, 2, 4])}
IMAGES = {"x": np.ones((9, 1, 9, 9)), "y": np.zeros(9, int)}
FRAME = """2
Properties=species:S:1:pos:R:3:forces:R:3 energy=1.5 pbc="F F F"
C 0 0 0 1 0 0
O 0 0 1 -1 0 0
"""
MISTAKES: list[tuple[str, str, Any, str]] = [
    ("sets", "data.csv", "", "line 1: no column 'set' among nothing"),
    ("sets", "data.csv", TABLE.replace("x2", "b"), "no column 'x2' among set, x1, b, y1, y2"),
    ("sets", "data.csv", TABLE.replace("3,4", "3,nan"), "line 3: x2 is 'nan', expected a number"),
    ("sets", "data.csv", TABLE.replace("7,8", "7,"), "line 4: x2 is '', expected a number"),
    ("sets", "data.csv", TABLE.replace("9,9", "9"), "line 4: y2 is None, expected a number"),
    ("sets", "data.csv", TABLE.replace("3,4,5", "3,4,0"), "y1, y2 differ within set a"),
    ("sets", "data.csv", TABLE[:16], "no rows under the header"),
    ("sets", "data.csv", b"\xff\xfe\xfd", "not a .csv file"),
    ("sets", "data.npz", "no archive", "not a .npz file"),
    ("sets", "data.npz", {**SETS, "x": np.array([None])}, "not a .npz file of plain arrays"),
    ("sets", "data.npz", {"x": SETS["x"]}, "'y' is missing among x"),
    ("sets", "data.npz", {**SETS, "x": np.ones((9, 6, 3))}, "(9, 6, 3), expected (9, 6, 2)"),
    ("sets", "data.npz", {**SETS, "y": np.full((9, 2), np.nan)}, "'y' is not finite at [0, 0]"),
    ("sets", "data.npz", {**SETS, "x": np.full((9, 6, 2), "a")}, "holds <U1, expected numbers"),
    ("sets", "data.npz", {**SETS, "mask": np.ones((9, 5))}, "'mask' has shape (9, 5)"),
    ("sets", "data.npz", {**SETS, "split": np.arange(9)}, "'split' holds 0 to 8, expected 0 to 2"),
    ("images", "data.npz", {**IMAGES, "y": np.zeros(9)}, "float64, expected whole numbers"),
    ("images", "data.npz", {**IMAGES, "y": np.arange(9) % 3 + 1}, "holds 1 to 3, expected 0 to 2"),
    ("images", "data.npz", {**IMAGES, "x": np.ones((9, 9, 3, 3))}, "expected (9, 1, 9, 9)"),
    ("graphs", "data.npz", {**GRAPHS, "ptr": np.array([0, 2, 3])}, "must rise from 0 to 4 nodes"),
    ("graphs", "data.npz", {**GRAPHS, "ptr": np.array([1, 2, 5])}, "must rise from 0 to 4 nodes"),
    ("graphs", "data.npz", {**GRAPHS, "y": np.array([0])}, "'y' has shape (1,), expected (2,)"),
    ("graphs", "data.npz", {**GRAPHS, "edge_index": np.array([[0], [3]])}, "edge 0 joins two"),
    ("graphs", "data.npz", {**GRAPHS, "edge_index": np.array([[0], [4]])}, "of nodes below 4"),
    ("graphs", "data.pt", "no archive", "not a list of Data"),
    ("molecules", "data.xyz", FRAME.replace("energy", "E"), "frame 0: 'energy' is missing among"),
    ("molecules", "data.xyz", FRAME.replace("O", "Cl"), "[17] in sample 0"),
    ("molecules", "data.xyz", FRAME.replace("1.5", "nan"), "'energy' is not finite"),
    ("molecules", "data.xyz", FRAME.replace("F F", "F T"), "frame 0: periodic"),
    ("molecules", "data.xyz", FRAME.replace("1.5", "1 split=3"), "'split' holds 3 to 3, expected"),
    ("molecules", "data.xyz", FRAME[:-17], "not extended xyz"),
    ("molecules", "data.npz", {**MOLECULES, "pos": np.ones(3)}, "'pos' has shape (3,)"),
    ("molecules", "data.npz", {**MOLECULES, "energy": np.ones(8)}, "(8,), expected (9, 1)"),
]
READERS = {
    "sets": "type: regression, targets: 2",
    "images": "type: classification, classes: 3",
    "graphs": "type: classification, classes: 3",
    "molecules": "type: force_prediction",
}


@pytest.mark.parametrize(("domain", "name", "content", "message"), MISTAKES)
def test_mistakes_in_the_data(
    domain: str, name: str, content: Any, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if isinstance(content, dict):
        np.savez(path, **content)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    module = reader(domain, READERS[domain])
    with pytest.raises(module.DataError, match=f"^{re.escape(str(path))}") as caught:
        module.read_samples(path)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("domain", "name", "content", "count"),
    [
        ("sets", "data.csv", "\ufeff" + TABLE, 2),
        ("sets", "data.npz", {**SETS, "mask": np.arange(6) < np.arange(1, 10)[:, None] % 6 + 1}, 9),
        ("images", "data.npz", {**IMAGES, "x": np.ones((9, 9, 9)), "split": np.arange(9) % 3}, 9),
        ("graphs", "data.npz", GRAPHS, 2),
        ("molecules", "data.xyz", 3 * FRAME, 3),
        ("molecules", "data.npz", MOLECULES, 9),
    ],
)
def test_the_same_data_without_mistakes(
    domain: str, name: str, content: Any, count: int, tmp_path: Path
) -> None:
    path = tmp_path / name
    if isinstance(content, dict):
        np.savez(path, **content)
    else:
        path.write_text(content, encoding="utf-8")
    module = reader(domain, READERS[domain])
    samples = module.read_samples(path)
    assert len(samples) == count
    assert all(module.FIELDS.keys() <= sample.keys() for sample in samples)
    module.collate(samples, torch.float32)


def test_frames_say_which_part_they_are_of(tmp_path: Path) -> None:
    path = tmp_path / "data.xyz"
    path.write_text("".join(FRAME.replace("1.5", f"1.5 split={n}") for n in (2, 0, 1)))
    samples = reader("molecules", READERS["molecules"]).read_samples(path)
    assert [int(sample["split"]) for sample in samples] == [2, 0, 1]


def test_graphs_saved_by_pytorch_geometric(tmp_path: Path) -> None:
    from torch_geometric.data import Data, InMemoryDataset

    graphs = [
        Data(
            x=torch.rand(3 + i, 3),
            edge_index=torch.tensor([[0, 1, 2], [1, 2, i]]),
            edge_attr=torch.rand(3, 2),
            y=torch.tensor([i % 3]),
            name=f"graph {i}",
        )
        for i in range(3)
    ]
    torch.save(graphs, tmp_path / "list.pt")
    (tmp_path / "processed").mkdir()
    InMemoryDataset.save(graphs, str(tmp_path / "processed" / "data.pt"))
    torch.save(InMemoryDataset.collate(graphs), tmp_path / "old.pt")
    module = reader("graphs", READERS["graphs"])
    for name in ("list.pt", "", "old.pt"):
        samples = module.read_samples(tmp_path / name)
        assert len(samples) == 3
        for graph, sample in zip(graphs, samples, strict=True):
            assert torch.equal(sample["edge_index"], graph.edge_index)
            assert torch.equal(sample["x"].float(), graph.x)
            assert sample["y"] == graph.y
    torch.save({"a": torch.ones(1)}, tmp_path / "other.pt")
    with pytest.raises(module.DataError, match="holds no list of Data"):
        module.read_samples(tmp_path / "other.pt")


def test_folders_of_pictures(tmp_path: Path) -> None:
    from PIL import Image

    module = reader("images", READERS["images"])
    for name, mode in zip("abc", ("L", "RGB", "RGBA"), strict=True):
        (tmp_path / name).mkdir()
        Image.new(mode, (9, 9)).save(tmp_path / name / "one.png")
        (tmp_path / name / ".hidden").touch()
    (tmp_path / ".hidden").mkdir()
    samples = module.read_samples(tmp_path)
    assert [int(sample["y"]) for sample in samples] == [0, 1, 2]
    deep = np.arange(81, dtype=np.uint16).reshape(9, 9) * 800
    Image.fromarray(deep).save(tmp_path / "c" / "two.png")
    assert module.read_samples(tmp_path)[-1]["x"][0].numpy() == pytest.approx(deep / 65535)
    Image.new("L", (9, 7)).save(tmp_path / "b" / "two.png")
    with pytest.raises(module.DataError, match=r"two.png: 'x' has shape \(1, 7, 9\), expected"):
        module.read_samples(tmp_path)
    (tmp_path / "b" / "two.png").write_text("no picture")
    with pytest.raises(module.DataError, match=r"two.png: not a picture"):
        module.read_samples(tmp_path)
    (tmp_path / "d").mkdir()
    with pytest.raises(module.DataError, match="4 sub-folders, but 3 classes"):
        module.read_samples(tmp_path)
