"""What surrounds a pull request: workflows with least rights, forms, labels, owners, and the editor's settings."""

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from helpers import ROOT, real, script

from casebook import cli, schema

FOLDER = ROOT / ".github"
FLOWS = {file.name: file.read_text(encoding="utf-8") for file in sorted((FOLDER / "workflows").glob("*.yml"))}
FORMS = {file.name: file.read_text(encoding="utf-8") for file in sorted((FOLDER / "ISSUE_TEMPLATE").glob("*.yml"))}
# Actions that may be pinned by their major version alone: none, as long as the commit of each is known.
MAJORS: dict[str, str] = {}
# What runs with rights on what strangers bring.
TRUSTED = {"preview.yml", "labels.yml"}
every_flow = pytest.mark.parametrize("name", FLOWS)


def parsed(text: str) -> Any:
    return yaml.load(text, Loader=yaml.BaseLoader)  # texts alone: `on` stays `on`


def jobs(name: str) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = parsed(FLOWS[name])["jobs"]
    return made


def steps(name: str) -> list[tuple[str, dict[str, Any]]]:
    return [(job, step) for job, part in jobs(name).items() for step in part["steps"]]


def step(name: str, words: str) -> dict[str, Any]:
    """Return the step of a workflow whose name or script holds some words."""
    [found] = [one for _, one in steps(name) if words in one.get("name", one.get("run", ""))]
    return found


def tool(name: str) -> str:
    return str(Path(sys.executable).with_name(name))


def run(folder: Path, text: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the script of a step as the runner does."""
    call = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    given = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, **environment}
    return subprocess.run(call, cwd=folder, env=given, capture_output=True, text=True, check=False)


def program(file: Path, text: str) -> None:
    """Put a program where a step looks for it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/usr/bin/env bash\n{text}\n", encoding="utf-8")
    file.chmod(0o755)


# by the forge's own schemas, and a linter


@pytest.mark.parametrize(
    ("kind", "files"),
    [
        ("github-workflows", [f"workflows/{name}" for name in FLOWS]),
        ("github-issue-forms", [f"ISSUE_TEMPLATE/{name}" for name in FORMS if name != "config.yml"]),
        ("github-issue-config", ["ISSUE_TEMPLATE/config.yml"]),
        ("dependabot", ["dependabot.yml"]),
    ],
)
def test_every_file_is_valid_by_the_schema_of_its_kind(kind, files):
    call = [tool("check-jsonschema"), "--builtin-schema", f"vendor.{kind}", *files]
    done = subprocess.run(call, cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def linted(*more: str) -> tuple[int, list[dict[str, Any]]]:
    call = [tool("zizmor"), "--offline", "--persona", "auditor", "--strict-collection", "--format", "json", *more, "."]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, json.loads(done.stdout)


def test_the_linter_finds_nothing_at_its_strictest():
    assert linted() == (0, [])


def test_the_linter_has_been_told_of_the_triggers_of_the_preview_and_of_nothing_else():
    found = linted("--no-ignores")[1]
    assert {row["ident"] for row in found} == {"dangerous-triggers"}
    places = json.dumps([place["symbolic"]["key"] for row in found for place in row["locations"]])
    assert {name for name in FLOWS if name in places} == {"preview.yml"}
    assert "".join(FLOWS.values()).count("zizmor: ignore[") == 1


# rights


@every_flow
def test_a_workflow_has_no_right_and_each_job_says_which_it_needs(name):
    flow = parsed(FLOWS[name])
    assert flow["permissions"] == {}
    for job in flow["jobs"].values():
        assert job["permissions"], "a job without rights of its own gets the default ones"
        assert set(job["permissions"].values()) <= {"read", "write"}
        assert int(job["timeout-minutes"]) <= 120


@every_flow
def test_every_checkout_forgets_its_credentials(name):
    for _, one in steps(name):
        if "actions/checkout" in one.get("uses", ""):
            assert one["with"]["persist-credentials"] == "false"


def test_a_pull_request_of_a_fork_may_write_nothing():
    flow = parsed(FLOWS["check.yml"])
    assert set(flow["on"]) == {"pull_request", "push"}
    assert {right for job in flow["jobs"].values() for right in job["permissions"].items()} == {("contents", "read")}


def test_no_workflow_uses_a_secret():
    assert not re.search(r"\bsecrets\b(?!\.token_hex|;)", "".join(FLOWS.values()))


# what is used


def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it():
    versions: dict[str, set[str]] = {}
    for name, text in FLOWS.items():
        for used in re.findall(r"uses: *(.*)", text):
            action, _, pin = used.partition("@")
            if MAJORS.get(action) != pin:
                assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin), f"{name}: {used}"
            versions.setdefault(action, set()).add(pin)
    assert len(versions) >= 8
    assert all(len(pins) == 1 for pins in versions.values()), "one version of an action everywhere"
    assert set(MAJORS) <= set(versions)
    assert all(action.startswith("actions/") for action in versions), "of the forge itself"


# strangers


def test_what_runs_with_rights_on_what_strangers_bring_is_known():
    found = {name for name, text in FLOWS.items() if {"pull_request_target", "workflow_run"} & set(parsed(text)["on"])}
    assert found == TRUSTED


@pytest.mark.parametrize("name", sorted(TRUSTED))
def test_it_checks_out_main_and_nothing_of_the_pull_request(name):
    for _, one in steps(name):
        if "actions/checkout" in one.get("uses", ""):
            assert one["with"]["ref"] == "main"
            assert not set(one["with"]) - {"ref", "persist-credentials", "fetch-depth"}
        assert not re.search(r"\bgit +(?:-\S+ +)*(?:fetch|pull|clone|checkout|switch|worktree)\b|gh (pr checkout|repo clone)|refs/pull|curl|wget", one.get("run", ""))  # fmt: skip
    assert not re.search(r"github\.(head_ref|event\.pull_request\.head)", FLOWS[name])


def test_a_job_that_reads_what_strangers_wrote_may_write_nothing():
    for name in TRUSTED:
        for job, part in jobs(name).items():
            texts = " ".join(one.get("run", "") for one in part["steps"])
            reads = re.search(r"casebook |preview\.py|make ", texts)
            if reads:
                assert set(part["permissions"].values()) == {"read"}, f"{name}: {job}"
            if "write" in part["permissions"].values():
                assert not re.search(r"casebook |preview\.py|make |pip ", texts), f"{name}: {job}"


@every_flow
def test_a_script_takes_what_it_is_given_from_its_environment_alone(name):
    for job, one in steps(name):
        assert "${{" not in one.get("run", ""), job
        assert "${{" not in one.get("with", {}).get("script", ""), job


@every_flow
def test_a_script_is_one_that_bash_can_read_and_names_nothing_that_is_not_given(name):
    for _, one in steps(name):
        if "run" not in one:
            continue
        done = subprocess.run(["bash", "-n", "-c", one["run"]], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        read = (found.split() for found in re.findall(r"read -r ([\w ]+)", one["run"]))
        own = set(re.findall(r"\b(\w+)=", one["run"])).union(*read)
        asked = set(re.findall(r"\$\{?(\w+)", one["run"]))
        assert asked <= own | set(one.get("env", {})) | {"GITHUB_OUTPUT"}, asked


@every_flow
def test_what_a_script_names_is_there(name):
    targets = set(re.findall(r"^([a-z./]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    commands = {command.name or command.callback.__name__ for command in cli.app.registered_commands}
    for _, one in steps(name):
        text = one.get("run", "")
        assert set(re.findall(r"\bmake ([a-z./]+)", text)) <= targets
        assert set(re.findall(r"/casebook (\w+)", text)) <= commands
        for path in re.findall(r"scripts/\w+\.py", text):
            assert (ROOT / path).is_file()
        for flow in re.findall(r"gh workflow run (\S+)", text):
            assert "workflow_dispatch" in parsed(FLOWS[flow])["on"]


def test_a_preview_follows_the_check():
    assert parsed(FLOWS["preview.yml"])["on"]["workflow_run"]["workflows"] == [parsed(FLOWS["check.yml"])["name"]]
    assert f"-le {script('preview').ARCHIVE}" in FLOWS["preview.yml"]
    assert f"origin/{script('previews').BRANCH}" in FLOWS["publish.yml"]
    assert script("links").MARK in FLOWS["links.yml"]


def test_who_wrote_what_can_be_told_wherever_a_site_is_built():
    for name in FLOWS:
        for job, part in jobs(name).items():
            if any(re.search(r"casebook build|make (build|check)", one.get("run", "")) for one in part["steps"]):
                [checkout] = [one for one in part["steps"] if "actions/checkout" in one.get("uses", "")]
                assert checkout["with"]["fetch-depth"] == "0", f"{name}: {job}"


# the scripts, run


def test_the_check_hands_over_records_and_a_number_which_the_preview_takes(tmp_path):
    (tmp_path / "cases/blocks").mkdir(parents=True)
    (tmp_path / "cases/blocks/x.yml").write_text("title: x\n", encoding="utf-8")
    done = run(tmp_path, step("check.yml", "build/pull/number")["run"], NUMBER="7")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "cases.zip", "w") as made:  # as the action does
        for path in sorted((tmp_path / "build/pull").rglob("*")):
            made.write(path, path.relative_to(tmp_path / "build/pull").as_posix())
    assert script("preview").take(tmp_path / "cases.zip", tmp_path / "to") == (7, 1, [])
    [upload] = [one for job, one in steps("check.yml") if job == "cases" and "upload" in one.get("uses", "")]
    assert (upload["with"]["name"], upload["with"]["path"]) == ("cases", "build/pull")
    assert "artifacts?name=cases" in step("preview.yml", "Take what the check")["run"]


@pytest.mark.parametrize("builds", [True, False])
def test_a_preview_is_built_and_told_of_with_the_runners_commands_off(tmp_path, builds):
    for folder in ("cases", "build/pull/cases"):
        (tmp_path / folder / "blocks").mkdir(parents=True)
        (tmp_path / folder / "blocks/x.yml").write_text(folder, encoding="utf-8")
    program(tmp_path / ".venv/bin/python", "echo token")
    program(
        tmp_path / ".venv/bin/casebook",
        f"""echo "$@" >> calls; cat cases/blocks/x.yml build/before/blocks/x.yml >> calls; echo >> calls
            if [ "$1" = build ]; then echo "::error::evil"; mkdir site; {"exit 0" if builds else "exit 1"}; fi
            echo "## What this changes\"""",
    )
    environment = {
        "CASEBOOK_SITE_URL": "https://x.test/pr/7/",
        "PAGES": "https://x.test/",
        "HEAD_SHA": "0123456789abcdef",
    }
    done = run(tmp_path, step("preview.yml", "Build the site")["run"], **environment)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.strip().split("\n")
    assert (lines[0], lines[-1]) == ("::stop-commands::token", "::token::")
    assert "::error::evil" in lines[1:-1]
    assert (tmp_path / "build/preview/site").is_dir() == builds
    comment = (tmp_path / "build/preview/comment.md").read_text(encoding="utf-8")
    calls = (tmp_path / "calls").read_text(encoding="utf-8").split("\n")
    assert calls[0] == "build --drafts"
    assert calls[1] == "build/pull/casescases", (
        "what strangers wrote is the library, main's is what it is compared with"
    )
    if builds:
        assert comment.startswith("[Preview](https://x.test/pr/7/) of 0123456789ab, with drafts.")
        assert calls[2] == "compare build/before --site https://x.test/ --preview https://x.test/pr/7/ --longest 60000"
    else:
        assert comment.startswith("No preview of 0123456789ab")
        assert calls[2] == "compare build/before --site https://x.test/ --longest 60000"
    assert comment.endswith(".\n\n## What this changes\n")


def test_what_prints_texts_of_strangers_sets_no_output():
    printing = step("preview.yml", "Build the site")
    assert "id" not in printing
    assert "GITHUB_" not in printing["run"]
    order = [one.get("id", one.get("name", "")) for job, one in steps("preview.yml") if job == "build"]
    assert order.index("pull") < order.index(printing["name"]), "it is verified first"


def test_a_preview_that_names_another_pull_request_ends_there(tmp_path):
    one = step("preview.yml", "See that it comes from")
    (tmp_path / "build/pull").mkdir(parents=True)
    (tmp_path / "build/pull/number").write_text("7\n", encoding="ascii")
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    program(tmp_path / ".venv/bin/python", f'exec "{sys.executable}" "$@"')
    head = {"sha": "a" * 40, "repo": {"full_name": "ada/casebook"}}
    pull = {"number": 7, "state": "open", "head": head, "base": {"ref": "main"}}
    program(tmp_path / "bin/gh", f"echo '{json.dumps(pull)}'")
    given = {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "REPOSITORY": "casebook-library/casebook",
        "PYTHONPATH": str(ROOT / "scripts"),
        "HEAD_SHA": "a" * 40,
    }
    assert run(tmp_path, one["run"], **given, HEAD_REPOSITORY="eve/casebook").returncode == 1
    assert not (tmp_path / "output").exists()
    assert run(tmp_path, one["run"], **given, HEAD_REPOSITORY="ada/casebook").returncode == 0
    assert (tmp_path / "output").read_text(encoding="ascii") == "number=7\n"


def test_previews_are_put_beside_the_site_if_there_are_any(tmp_path):
    text = step("publish.yml", "Put the previews")["run"]
    previews = script("previews")
    for folder in ("remote", "here/site", "preview"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "preview/index.html").write_text("Preview", encoding="utf-8")
    here = tmp_path / "here"
    assert run(tmp_path / "remote", "git init --quiet --bare").returncode == 0
    assert run(here, "git init --quiet && git remote add origin ../remote").returncode == 0
    assert run(here, text).returncode == 0
    assert [*(here / "site").iterdir()] == []
    previews.keep(str(tmp_path / "remote"), 7, tmp_path / "preview")
    assert run(here, f"git fetch --quiet origin && {text}").returncode == 0
    assert (here / "site/pr/7/index.html").read_text(encoding="utf-8") == "Preview"


# forms, owners, labels


def test_a_figure_is_corrected_with_its_record_its_source_its_words_and_their_date():
    body = parsed(FORMS["correct-a-figure.yml"])["body"]
    asked = {part["id"]: part for part in body if "id" in part}
    assert set(asked) == {"record", "figure", "source", "words", "date"}
    assert all(part["validations"]["required"] == "true" for part in asked.values())


def test_there_is_a_form_for_each_way_to_tell():
    assert set(FORMS) == {"suggest-a-case.yml", "correct-a-figure.yml", "a-check-is-wrong.yml", "config.yml"}
    options = next(part for part in parsed(FORMS["suggest-a-case.yml"])["body"] if part.get("id") == "track")
    assert set(options["attributes"]["options"]) >= {path.split("/")[1] for path in real()} - {"blocks", "tradeoffs"}


def test_the_template_of_a_pull_request_is_short_enough_to_be_read():
    assert len((FOLDER / "pull_request_template.md").read_text(encoding="utf-8").splitlines()) <= 12


def test_code_has_owners_and_cases_have_none():
    lines = (FOLDER / "CODEOWNERS").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    for pattern, owner in rows:
        assert (ROOT / pattern.strip("/")).exists(), pattern
        assert pattern.startswith("/")
        assert owner == "@casebook-library/maintainers"
        assert not pattern.startswith("/cases")
    owned = [pattern for pattern, _ in rows]
    for path in ("/scripts/", "/tests/", "/.github/", "/docs/overrides/", "/docs/assets/", "/mkdocs.yml"):
        assert path in owned


def test_every_record_gets_the_label_of_its_kind_alone():
    rules = {
        label: [glob for part in rule for one in part["changed-files"] for globs in [one["any-glob-to-any-file"]]
                for glob in ([globs] if isinstance(globs, str) else globs)]
        for label, rule in parsed((FOLDER / "labeler.yml").read_text(encoding="utf-8")).items()
    }  # fmt: skip

    def labels(path: str) -> set[str]:
        return {label for label, globs in rules.items() for glob in globs if fits(path, glob)}

    def fits(path: str, glob: str) -> bool:
        return fnmatch(path, glob) and ("**" in glob or path.count("/") == glob.count("/"))

    kinds = {"blocks": "block", "tradeoffs": "trade-off"}
    for path in real():
        assert labels(path) == {kinds.get(path.split("/")[1], "case")}, path
    assert labels("docs/guide.md") == labels("README.md") == {"pages"}
    assert labels("scripts/casebook/tree.py") == labels("Makefile") == {"code"}
    assert labels(".github/workflows/check.yml") == {"workflows"}


# the editor


def settings() -> dict[str, Any]:
    text = (ROOT / ".vscode/settings.json").read_text(encoding="utf-8")
    made: dict[str, Any] = json.loads(re.sub(r"^\s*//.*\n", "", text, flags=re.MULTILINE))
    return made


def test_every_record_is_completed_by_the_schema_of_its_kind_offline():
    found = settings()["yaml.schemas"]
    for path in real():
        kinds = [file for file, globs in found.items()
                 if any(fnmatch(path, glob) for glob in ([globs] if isinstance(globs, str) else globs))]  # fmt: skip
        kind = {"blocks": "block", "tradeoffs": "tradeoff"}.get(path.split("/")[1], "case")
        assert kinds == [f"./build/docs/schema/{kind}.json"], path
    assert {Path(file).stem for file in found} <= set(schema.KINDS)
    assert settings()["yaml.schemaStore.enable"] is False


def test_the_editors_settings_are_let_in_and_name_the_extension_that_they_are_for():
    assert json.loads((ROOT / ".vscode/extensions.json").read_text(encoding="utf-8")) == {"recommendations": ["redhat.vscode-yaml"]}  # fmt: skip
    git = shutil.which("git")
    if git and (ROOT / ".git").exists():
        call = [git, "check-ignore", "--no-index", ".vscode/settings.json", ".vscode/extensions.json"]
        assert subprocess.run(call, cwd=ROOT, capture_output=True, check=False).returncode == 1
