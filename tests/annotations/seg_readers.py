"""What other programs read in a DICOM-SEG."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import SimpleITK as sitk  # noqa: N813
from numpy.typing import NDArray


def by_dcmqi(seg: Path, folder: Path) -> dict[int, tuple[int, NDArray[np.float64]]]:
    """Return voxels and centroid (mm, LPS) of each segment as dcmqi's segimage2itkimage reads them."""
    folder.mkdir()
    program = Path(sys.executable).parent / "segimage2itkimage"
    command = [program, "--inputDICOM", seg, "--outputDirectory", folder, "--outputType", "nrrd"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return {int(path.stem): _measured(path) for path in folder.glob("*.nrrd")}


def _measured(path: Path) -> tuple[int, NDArray[np.float64]]:
    image = sitk.ReadImage(str(path))
    places = np.argwhere(sitk.GetArrayFromImage(image))[:, ::-1]
    centre = [float(one) for one in places.mean(axis=0)]
    return len(places), np.array(image.TransformContinuousIndexToPhysicalPoint(centre))
