"""The documentation holds together: every relative link leads somewhere, and nothing speaks of one machine."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:work|home|Users|root)/(?!\.cache\b)[\w.-]+")
"""Where somebody's own checkout lies. Container and system paths, such as /opt, /data and /etc, are meant."""


def project_files() -> list[Path]:
    """Return what git tracks or would track, as paths from the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is not a git clone")
    return [Path(line) for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def text_of(file: Path) -> str:
    return (ROOT / file).read_text(encoding="utf-8", errors="ignore")


def test_relative_links_lead_somewhere() -> None:
    links = [(file, link) for file in project_files() if file.suffix == ".md" for link in LINK.findall(text_of(file))]
    relative = [(file, link.partition("#")[0]) for file, link in links if "://" not in link]
    assert len(relative) > 5
    assert [(str(file), link) for file, link in relative if not (ROOT / file.parent / link).exists()] == []


def test_no_file_names_a_path_of_one_machine() -> None:
    found = [(str(file), MACHINE_PATH.findall(text_of(file))) for file in project_files()]
    assert [(file, paths) for file, paths in found if paths] == []
