"""Files that nobody should trust: each gives one sentence, in bounded time and memory, and never a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest

from fusiform.solvers.common.errors import InputError
from fusiform.solvers.geometry import Body, parse_outline, read_outline
from fusiform.solvers.geometry.formats import sandbox
from fusiform.solvers.geometry.formats.outline_files import MAX_BYTES_ISOLATED, TABLES

ENTITY_BOMB = b"""<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<svg><text>&d;</text></svg>"""
EXTERNAL = b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/hostname">]><svg><path d="&x;"/></svg>'
GARBAGE = np.random.default_rng(0).bytes(5000)
PLY = (
    "ply\nformat {} 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n{}end_header\n1 2 3\n"
)
FACES = "element face 4000000000\nproperty list uchar int vertex_indices\n"
SAME_LINE = "0\nLINE\n10\n0\n20\n0\n11\n1\n21\n1\n"


def svg(content: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg">{content}</svg>'.encode()


def dxf(content: str) -> bytes:
    return f"0\nSECTION\n2\nENTITIES\n{content}0\nENDSEC\n0\nEOF\n".encode()


def zipped() -> bytes:
    """20 MB of zeros in 20 kB."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("body.stl", b"0" * 20_000_000)
    return archive.getvalue()


HOSTILE = {
    "entity bomb": (ENTITY_BOMB, ".svg", "SVG without entity declarations"),
    "external entity": (EXTERNAL, ".svg", "SVG without entity declarations"),
    "deep nesting": (svg("<g>" * 100_000), ".svg", "at most 1000 nested groups"),
    "many points": (svg(f'<path d="M0 0{"h1" * 101_000}z"/>'), ".svg", "at most 100000 pieces"),
    "long transform": (svg(f'<g transform="{"a" * 1_000_000}"/>'), ".svg", "a short transform"),
    "growing": (svg('<g transform="scale(1e9)">' * 50 + '<circle r="1"/>' + "</g>" * 50), ".svg", "finite coordinates"),
    "latin-1 svg": (svg("<title>Göttingen</title>").decode().encode("latin-1"), ".svg", "well-formed SVG"),
    "same line": (dxf(SAME_LINE * 100_001), ".dxf", "at most 100000 pieces"),
    "flag": (dxf("0\nLWPOLYLINE\n70\ninf\n10\n0\n20\n0\n"), ".dxf", "a file that cannot be read as one"),
    "utf-16 dxf": (dxf(SAME_LINE).decode().encode("utf-16"), ".dxf", "binary data"),
    "zip as stl": (zipped(), ".stl", "with triangles, got none"),
    "counts of ply": (PLY.encode(), ".ply", r"well-formed \.ply"),
    "index of obj": (b"v 0 0 0\nv 1 0 0\nf 1 2 999999999\n", ".obj", r"well-formed \.obj"),
    "garbage svg": (GARBAGE, ".svg", "well-formed SVG"),
    "garbage dxf": (GARBAGE, ".dxf", "binary data"),
    "garbage stl": (GARBAGE, ".stl", "with triangles, got none"),
    "garbage ply": (GARBAGE, ".ply", r"well-formed \.ply"),
    "empty svg": (b"", ".svg", "no element found"),
    "empty dxf": (b"", ".dxf", "closed curve, got none"),
    "too large": (bytes(MAX_BYTES_ISOLATED + 1), ".stl", r"\.stl file of at most 20 MB"),
    "too large text": (b"1 1\n" * 10_000_000, ".csv", r"\.csv file of at most 2 MB"),
    "many lines": (b"1 1\n2 1\n" * 12_000, ".csv", "at most 10000 points"),
    "long line": (b"1 " * 30_000, ".dat", "two numbers x, y on each line, got 30000 in line 1"),
}
LARGEST = {
    "many points": (b"1 1\n2 1\n" * 200_000, ".csv", "at most 50000 lines, got 400001; keep every second"),
    "many words": (b"x\n" * 999_999, ".csv", "at most 50000 lines"),
    "blank lines": (b"\n" * 1_999_999, ".csv", "at most 50000 lines"),
    "long line": (b"1 " * 900_000, ".dat", "two numbers x, y on each line, got 900000 in line 1"),
}
IN_A_CHILD = [
    name
    for name, (content, suffix, _) in HOSTILE.items()
    if suffix not in TABLES and len(content) <= MAX_BYTES_ISOLATED
]
IN_THIS_PROCESS = [name for name in HOSTILE if name not in IN_A_CHILD]
FORKS = """
import json, os, sys, time
from fusiform.solvers.geometry.formats.isolated_reader import answer
for path in sys.argv[1:]:
    begun = time.perf_counter()
    if not (child := os.fork()):
        os.dup2(os.open(path, os.O_RDONLY), 0)
        os.dup2(os.open(path + ".answer", os.O_WRONLY | os.O_CREAT), 1)
        answer(os.path.splitext(path)[1], "z", "null", "null")
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(json.dumps([code, time.perf_counter() - begun]), flush=True)
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """Exit code, seconds and answer of the limited reader for each content: forks of one process, which starts once."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = [folder / f"{number}{HOSTILE[name][1]}" for number, name in enumerate(IN_A_CHILD)]
    for path, name in zip(paths, IN_A_CHILD, strict=True):
        path.write_bytes(HOSTILE[name][0])
    command = [sys.executable, "-P", "-c", FORKS, *map(str, paths)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    ends = [json.loads(line) for line in done.stdout.splitlines()]
    texts = [path.with_name(f"{path.name}.answer").read_bytes().decode() for path in paths]
    return {name: (*end, text) for name, end, text in zip(IN_A_CHILD, ends, texts, strict=True)}


def require_one_sentence(message, seconds):
    assert message.startswith("expected ")
    assert "; " in message
    assert message.isprintable()
    assert len(message) < 400
    assert seconds < sandbox.SECONDS + 5.0


@pytest.mark.parametrize("name", IN_A_CHILD)
def test_hostile_content_gives_one_sentence(name, answers):
    code, seconds, message = answers[name]
    assert code == sandbox.REFUSED
    assert re.search(HOSTILE[name][2], message)
    require_one_sentence(message, seconds)


@pytest.mark.parametrize(
    ("content", "suffix", "sentence"),
    [
        *(pytest.param(*HOSTILE[name], id=name) for name in [*IN_THIS_PROCESS, *IN_A_CHILD[:1], *IN_A_CHILD[-1:]]),
        *(pytest.param(*case, id=f"{name}, 2 MB") for name, case in LARGEST.items()),
    ],
)
def test_hostile_content_is_refused_with_that_sentence(content, suffix, sentence):
    begun = time.perf_counter()
    with pytest.raises(InputError, match=sentence) as caught:
        parse_outline(content, suffix)
    require_one_sentence(str(caught.value), time.perf_counter() - begun)


def test_what_is_no_regular_file_is_told(tmp_path):
    (tmp_path / "folder.svg").mkdir()
    (tmp_path / "loop.dxf").symlink_to("loop.dxf")
    (tmp_path / "endless.stl").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "pipe.obj")
    for entry in tmp_path.iterdir():
        with pytest.raises(InputError, match="expected an outline file, got no file at"):
            read_outline(entry)


def test_links_to_files_are_followed(tmp_path):
    (tmp_path / "a.svg").write_bytes(svg('<circle r="2"/>'))
    (tmp_path / "b.svg").symlink_to("a.svg")
    assert Body.from_file(tmp_path / "b.svg").reference_length == pytest.approx(4.0, rel=1e-5)


def test_what_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(sandbox, "SECONDS", 0.05)
    with pytest.raises(InputError, match=r"read within 0\.05 s, got one that takes longer; simplify it"):
        parse_outline(svg('<circle r="1"/>'), ".svg")


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("bytearray(3 * 1024**3)", r"needs less than 2 GB, got a larger one"),
        ("os.abort()", "got one that made the reader fail"),
        ("os.write(1, b'forged answer'), os._exit(7)", "got one that made the reader fail"),
        ("print('hello')", None),
        ("sys.stdout.flush() or 1 / 0", r"well-formed \.svg file, got a damaged one"),
    ],
)
def test_the_parent_survives_whatever_the_child_does(monkeypatch, damage, sentence):
    """A reader that fills the memory, crashes, lies or prints."""
    trap = f"""
import os
from fusiform.solvers.geometry.formats import isolated_reader
read = isolated_reader.read_svg
isolated_reader.read_svg = lambda content: ({damage}, read(content))[1]
"""
    monkeypatch.setattr(sandbox, "_START", sandbox._START.replace("answer(*", f"{trap}answer(*"))
    if sentence is None:
        assert len(parse_outline(svg('<circle r="1"/>'), ".svg")) > 500
    else:
        with pytest.raises(InputError, match=sentence):
            parse_outline(svg('<circle r="1"/>'), ".svg")


def test_the_child_has_neither_torch_nor_the_working_folder_on_its_path(monkeypatch, tmp_path):
    """A numpy.py beside the file must not be run, and the child must start fast."""
    (tmp_path / "numpy.py").write_text("raise SystemExit('run by the child')")
    monkeypatch.chdir(tmp_path)
    probe = """
import atexit, pathlib
atexit.register(lambda: pathlib.Path("seen").write_text(str("torch" in sys.modules)))
"""
    monkeypatch.setattr(sandbox, "_START", sandbox._START.replace("answer(*", f"{probe}answer(*"))
    assert len(parse_outline(svg('<circle r="1"/>'), ".svg")) > 500
    assert Path("seen").read_text() == "False"
