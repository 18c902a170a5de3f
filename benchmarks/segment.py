"""How long does a mask take to become a DICOM-SEG, and how much memory, next to dcmqi and plain highdicom?

    python -m benchmarks.segment --dir DIR

A CT of 300 slices of 512 x 512 pixels with a NIfTI mask of five labels, made from a fixed seed. Each program runs in a
process of its own, in turn, three times. Ours also looks for the series, reads the result again, compares, draws
pictures and writes a report; the peers write the file.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

import nibabel as nib
import numpy as np

from benchmarks.quality import stacks
from eucaim_nb import workspace as workspaces
from eucaim_nb.annotations import as_dcmqi, presets, read_labels, segment
from eucaim_nb.dicom import scan

SIZE, SLICES, LABELS, TIMES = 512, 300, 5, 3
PROGRAMS = ("ours", "highdicom", "dcmqi")


def corpus(folder: Path, out: Path) -> None:
    """Write images, mask and labels below a folder, unless they are there."""
    if (folder / "labels.json").exists():
        return
    datasets = stacks.series("axial", SLICES, spacing=1.0)
    pixels = np.random.default_rng(1).integers(0, 2000, (SIZE, SIZE), dtype=np.uint16).tobytes()
    for header in datasets:
        header.Rows = header.Columns = SIZE
        header.PixelData = pixels
    stacks.write(datasets, folder / "images")
    z, y, x = np.mgrid[:SLICES, :SIZE, :SIZE].astype(np.int16)
    labels = np.zeros(z.shape, np.uint8)
    for label in range(1, LABELS + 1):
        centre = 60 + 70 * label
        labels[(x - centre) ** 2 + (y - 256) ** 2 + (z - 150) ** 2 <= (20 + 8 * label) ** 2] = label
    affine = np.diag([-0.8, -0.8, 1.0, 1.0])
    affine[:3, 3] = 100.0, 90.0, 40.0
    nib.save(nib.Nifti1Image(labels.T, affine), folder / "EU-0001.nii.gz")
    names = list(presets())[:LABELS]
    content = {
        str(number): {
            "name": name,
            "method": "MANUAL",
            "category": {"value": one.category.value, "scheme": "SCT", "meaning": one.category.meaning},
            "type": {"value": one.type.value, "scheme": "SCT", "meaning": one.type.meaning},
        }
        for number, name in enumerate(names, 1)
        for one in [presets()[name]]
    }
    (folder / "labels.json").write_text(json.dumps(as_dcmqi(read_labels(content))))


def ours(folder: Path, out: Path) -> None:
    """Convert with this project; the images are scanned already."""
    summary = segment(workspaces.open_workspace(out), masks=folder / "EU-0001.nii.gz", labels=folder / "labels.json")
    assert summary.written == 1


def highdicom(folder: Path, out: Path) -> None:
    """Convert with highdicom as its documentation does it, with nibabel for the mask."""
    import highdicom as hd
    from pydicom import dcmread

    image = nib.load(folder / "EU-0001.nii.gz")
    affine = np.diag([-1, -1, 1, 1]) @ image.affine
    volume = hd.Volume(np.asarray(image.dataobj), affine, coordinate_system="PATIENT")
    sources = [dcmread(path, stop_before_pixels=True) for path in sorted((folder / "images").iterdir())]
    volume = volume.match_geometry(hd.get_volume_from_series([dcmread(path) for path in (folder / "images").iterdir()]))
    names = list(presets().values())[:LABELS]
    made = hd.seg.Segmentation(
        source_images=sources,
        pixel_array=volume,
        segmentation_type="BINARY",
        segment_descriptions=[
            hd.seg.SegmentDescription(
                segment_number=number,
                segment_label=one.name,
                segmented_property_category=hd.sr.CodedConcept(one.category.value, "SCT", one.category.meaning),
                segmented_property_type=hd.sr.CodedConcept(one.type.value, "SCT", one.type.meaning),
                algorithm_type="MANUAL",
            )
            for number, one in enumerate(names, 1)
        ],
        series_instance_uid=hd.UID(),
        series_number=300,
        sop_instance_uid=hd.UID(),
        instance_number=1,
        manufacturer="benchmark",
        manufacturer_model_name="benchmark",
        software_versions="1",
        device_serial_number="1",
    )
    made.save_as(out / "made.dcm")


def dcmqi(folder: Path, out: Path) -> None:
    """Convert with dcmqi's itkimage2segimage."""
    program = Path(sys.executable).parent / "itkimage2segimage"
    subprocess.run(
        [
            program, "--inputImageList", folder / "EU-0001.nii.gz", "--inputDICOMDirectory", folder / "images",
            "--inputMetadata", folder / "labels.json", "--outputDICOM", out / "made.dcm", "--skip", "1",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument(
        "--one", choices=(*PROGRAMS, "corpus"), help="run one part in this process and print what it took"
    )
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    if options.one:
        began = time.perf_counter()
        globals()[options.one](options.dir, options.out)
        seconds = time.perf_counter() - began
        peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        print(json.dumps({"seconds": round(seconds, 2), "peak_mib": peak // 1024}))
        return
    options.dir.mkdir(parents=True, exist_ok=True)
    # In a process of its own too: a child's peak memory begins with what its parent had.
    subprocess.run([sys.executable, "-m", "benchmarks.segment", "--dir", options.dir, "--one", "corpus"], check=True)
    taken: dict[str, list[dict[str, float]]] = {name: [] for name in PROGRAMS}
    for turn in range(TIMES):
        for name in PROGRAMS:
            out = options.dir / f"{name}-{turn}-{time.time_ns()}"
            if name == "ours":
                scan(workspaces.create(out, node="upv"), [options.dir / "images"])
            else:
                out.mkdir()
            command = [sys.executable, "-m", "benchmarks.segment", "--dir", options.dir, "--one", name, "--out", out]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            taken[name].append(json.loads(done.stdout.splitlines()[-1]))
    base = statistics.median(one["seconds"] for one in taken["ours"])
    for name, runs in taken.items():
        seconds = statistics.median(one["seconds"] for one in runs)
        peak = max(one["peak_mib"] for one in runs)
        print(f"{name:10} {seconds:6.2f} s  {seconds / base:5.2f} of ours  {peak:6.0f} MiB at most")


if __name__ == "__main__":
    main()
