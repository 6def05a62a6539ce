"""The wheel and the editable install, without a network and outside the checkout: what the README promises is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

from handwriting.checkpoint import shipped

ROOT = Path(__file__).parents[1]
SHIPPED = all((shipped(kind) / "card.json").is_file() for kind in ("recognizer", "synthesizer"))


def call(*command: object, cwd: Path | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command of another Python, which must not see the environment of this one."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL_ENV", "COV"))}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=environment | {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed; make installs it")
    folder = tmp_path_factory.mktemp("wheel")
    call(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    (path,) = folder.glob("*.whl")
    return path


def environment(root: Path, *install: object) -> Path:
    """The programs of a new environment with this project; it also finds the libraries of this environment."""
    pytest.importorskip("pip", reason="pip, which installs the wheel, is not in this environment; make installs it")
    libraries = sysconfig.get_path("purelib")
    if (Path(libraries) / "handwriting").exists():
        pytest.skip(
            f"handwriting is installed in {libraries} already, where it would hide what is missing in the wheel"
        )
    call(sys.executable, "-m", "venv", "--without-pip", root)
    programs = next(root / name for name in ("bin", "Scripts") if (root / name).is_dir())
    (site,) = root.rglob("site-packages")
    # This extends sys.path only: .pth files in the libraries are not followed, so no checkout comes in through them.
    (site / "libraries.pth").write_text(f"{libraries}\n", "utf-8")
    call(sys.executable, "-m", "pip", "--python", programs / "python", "install", "--no-deps", *install, cwd=root)
    return programs


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory) -> Path:
    """The programs of an environment with the wheel."""
    return environment(tmp_path_factory.mktemp("clean") / "env", wheel)


@pytest.fixture(scope="module")
def editable(tmp_path_factory) -> Path:
    """The programs of an environment with the checkout in editable mode."""
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed; make installs it")
    return environment(tmp_path_factory.mktemp("editable") / "env", "--no-build-isolation", "--editable", ROOT)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder that knows nothing of the repository but its sample of ink."""
    (tmp_path / "datasets/samples").mkdir(parents=True)
    sample = "datasets/samples/line.xml"
    (tmp_path / sample).write_bytes((ROOT / sample).read_bytes())
    return tmp_path


def test_the_wheel_holds_the_command_the_weights_and_the_data(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    assert "handwriting/__main__.py" in names
    kinds = (".py", ".typed", ".toml", ".json", ".html", ".css", ".js", ".svg", ".mjs", ".xz", ".webmanifest", ".png")
    package = {p.relative_to(ROOT) for p in (ROOT / "handwriting").rglob("*") if p.suffix in kinds}
    weights = {
        Path("handwriting/_checkpoints") / p.relative_to(ROOT / "checkpoints")
        for p in (ROOT / "checkpoints").rglob("*")
        if p.is_file()
    }
    assert {p.as_posix() for p in package | weights} <= names
    assert not any(name.startswith(("tests/", "datasets/", "benchmarks/")) for name in names)


@pytest.mark.skipif(not SHIPPED, reason="no shipped checkpoints here")
def test_the_python_of_the_readme_runs_from_the_wheel_alone(installed, elsewhere):
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.S)
    assert any("handwriting.generate(" in b for b in blocks) and any("handwriting.save(" in b for b in blocks)
    check = (
        "import sys, pathlib, handwriting.checkpoint\n"
        f"assert pathlib.Path(handwriting.__file__).is_relative_to({str(installed.parent)!r}), handwriting.__file__\n"
        f"assert not any(pathlib.Path(p or '.').resolve() == pathlib.Path({str(ROOT)!r}) for p in sys.path)\n"
        "assert 'torch' not in sys.modules\n"
        "print(handwriting.transcribe(handwriting.generate('installed', seed=5)).text)\n"
    )
    (elsewhere / "readme.py").write_text("\n".join([*blocks, check]), "utf-8")
    done = call(installed / "python", "readme.py", cwd=elsewhere)
    first, second = done.stdout.splitlines()[-2:]
    assert first == "a line of handwriting"
    assert second.lower() == "installed"
    saved = re.findall(r'handwriting\.save\(\w+, "([^"]+)"', "".join(blocks))
    assert saved and all((elsewhere / name).is_file() for name in saved)


@pytest.mark.skipif(not SHIPPED, reason="no shipped checkpoints here")
@pytest.mark.parametrize("how", ["installed", "editable"])
def test_the_command_and_the_module_are_one_program(how, elsewhere, request):
    programs = request.getfixturevalue(how)
    for name, command in (
        ("handwriting", [programs / "handwriting"]),
        ("python -m handwriting", [programs / "python", "-m", "handwriting"]),
    ):
        done = call(*command, "--help", cwd=elsewhere)
        assert done.stdout.startswith(f"Usage: {name} [OPTIONS] COMMAND")
        done = call(*command, "transcribe", "datasets/samples/line.xml", cwd=elsewhere)
        assert done.stdout == "a line of handwriting\n"
    call(*command, "generate", "hello", "-o", "hello.svg", cwd=elsewhere)
    assert (elsewhere / "hello.svg").is_file()
    done = call(*command, "transcribe", cwd=elsewhere, check=False)
    assert done.stderr == "error: missing argument 'PATH'; see 'python -m handwriting transcribe --help'\n"


def test_the_source_distribution_can_build_the_wheel(tmp_path):
    pytest.importorskip("hatchling", reason="hatchling, which builds the wheel, is not installed; make installs it")
    call(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", tmp_path, cwd=ROOT)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    package = {p.relative_to(ROOT).as_posix() for p in (ROOT / "handwriting").rglob("*.py")}
    weights = {p.relative_to(ROOT).as_posix() for p in (ROOT / "checkpoints").rglob("*") if p.is_file()}
    assert package | weights | {"app.py", "pyproject.toml", "README.md", "LICENSE"} <= names
    assert not any(name.startswith(("tests/", "datasets/", "benchmarks/")) for name in names)


def test_without_its_weights_it_says_how_to_get_them(installed, elsewhere):
    (weights,) = installed.parent.rglob("_checkpoints")
    hidden = weights.rename(weights.with_name("_hidden"))
    try:
        done = call(installed / "handwriting", "transcribe", "datasets/samples/line.xml", cwd=elsewhere, check=False)
    finally:
        hidden.rename(weights)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "reinstall handwriting" in done.stderr and "give the folder of a checkpoint" in done.stderr
