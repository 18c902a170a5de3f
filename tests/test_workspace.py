"""The workspace folder: made, opened, moved, changed, refused."""

import os
import stat

import pytest

from eucaim_nb import workspace as workspaces
from eucaim_nb.errors import SettingsError, WorkspaceError


def test_created_workspace_opens_again_with_the_same_settings(tmp_path):
    made = workspaces.create(tmp_path / "Ογκολογία 1", node="upv", project="P1", site_id="0042")
    opened = workspaces.open_workspace(tmp_path / "Ογκολογία 1")
    assert opened == made
    assert (opened.settings.node, opened.settings.project, opened.settings.site_id) == ("upv", "P1", "0042")
    assert {entry.name for entry in opened.folder.iterdir()} >= {"eucaim.toml", *workspaces.FOLDERS}


@pytest.mark.skipif(os.name == "nt", reason="POSIX permissions")
def test_private_folder_is_closed_to_others(workspace):
    assert stat.S_IMODE((workspace.folder / "private").stat().st_mode) == 0o700
    assert stat.S_IMODE(workspace.folder.stat().st_mode) == 0o700


def test_moved_workspace_keeps_everything_it_knew(workspace, cohort, tmp_path):
    from eucaim_nb.dicom import scan

    inside = workspace.deidentified / "P1"
    inside.mkdir()
    first = next(p for p in cohort.folder.rglob("IM0001.dcm"))
    (inside / "a.dcm").write_bytes(first.read_bytes())
    before = scan(workspace, [workspace.deidentified])
    moved_to = tmp_path / "elsewhere" / "moved"
    moved_to.parent.mkdir()
    workspace.folder.rename(moved_to)
    moved = workspaces.open_workspace(moved_to)
    again = scan(moved, [moved.deidentified])
    assert before.instances == again.instances == 1
    assert again.unchanged == 1


def test_changed_settings_keep_comments_and_unknown_entries(workspace):
    file = workspace.folder / "eucaim.toml"
    file.write_text(file.read_text() + "\n# keep me\n[future]\nkey = 1\n")
    changed = workspaces.open_workspace(workspace.folder).change(project="P2", sources=["/data/a"])
    assert (changed.settings.project, changed.settings.sources) == ("P2", ("/data/a",))
    assert "# keep me" in file.read_text()
    assert "key = 1" in file.read_text()


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("not = = toml", WorkspaceError, "not valid TOML"),
        ("[node]\nname = 'elsewhere'\n", SettingsError, "must be one of"),
        ("format = 'x'\n[node]\nname = 'upv'\n", SettingsError, "must be a number"),
        ("node = 5\n", SettingsError, "a table"),
        ("format = 99\n[node]\nname = 'upv'\n", WorkspaceError, "newer version"),
        (b"\xff\xfe", WorkspaceError, "not valid TOML"),
    ],
)
def test_unusable_settings_say_why(workspace, text, error, says):
    file = workspace.folder / "eucaim.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(error, match=says):
        workspaces.open_workspace(workspace.folder)


def test_folder_with_other_files_is_not_turned_into_a_workspace(tmp_path):
    (tmp_path / "thesis.docx").write_text("mine")
    with pytest.raises(WorkspaceError, match="not empty"):
        workspaces.create(tmp_path, node="upv")
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_second_create_in_the_same_folder_is_refused(workspace):
    with pytest.raises(WorkspaceError, match="already"):
        workspaces.create(workspace.folder, node="upv")


def test_unknown_node_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(SettingsError, match="must be one of"):
        workspaces.create(tmp_path / "w", node="mars")
    assert not (tmp_path / "w").exists()


def test_last_used_workspace_is_the_current_one(workspace, tmp_path):
    assert workspaces.current() is None
    other = workspaces.create(tmp_path / "other", node="upv")
    workspaces.remember(workspace)
    workspaces.remember(other)
    assert workspaces.current() == other
    assert workspaces.recent_workspaces() == [str(other.folder), str(workspace.folder)]
