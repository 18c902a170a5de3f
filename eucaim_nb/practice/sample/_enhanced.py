"""One enhanced multi-frame MR object, whose geometry lives in functional groups (PS3.3 A.36.2)."""

from collections.abc import Iterator

import numpy as np
from pydicom.dataset import Dataset
from pydicom.uid import EnhancedMRImageStorage

from ._ct import body_part
from ._header import Series, Study, header, scanner
from ._images import as_ds, set_pixels, stored
from ._phantom import mr_slice

_SIZE, _SPACING, _GAP, _FRAMES = 128, 2.1875, 5.0, 6


def multiframe(study: Study, number: int) -> Series:
    """T2-weighted volume of six frames in one file."""
    made_by = scanner(study.person.vendor, "MR")
    ds = header(study, number, "MR", "t2 enhanced", EnhancedMRImageStorage, made_by)
    # Enhanced objects code the body part in a functional group; the plain attribute helps simpler readers.
    ds.BodyPartExamined = body_part(study.person)
    return Series(study, number, "MR", "t2 enhanced", made_by, _volume(ds, study))


def _item(**attributes: object) -> Dataset:
    item = Dataset()
    for keyword, value in attributes.items():
        setattr(item, keyword, value)
    return item


def _volume(ds: Dataset, study: Study) -> Iterator[Dataset]:
    person = study.person
    _acquisition(ds, study)
    random = person.random("enhanced")
    planes = [mr_slice(person.cancer, (2 * k + 1) / _FRAMES - 1, _SIZE, random) for k in range(_FRAMES)]
    set_pixels(ds, stored(np.stack(planes), 12), bits=12)
    ds.NumberOfFrames = _FRAMES
    ds.SharedFunctionalGroupsSequence = [_shared(study)]
    ds.PerFrameFunctionalGroupsSequence = [_frame(study, k) for k in range(_FRAMES)]
    organisation = person.uid("dimension organisation")
    ds.DimensionOrganizationSequence = [_item(DimensionOrganizationUID=organisation)]
    ds.DimensionIndexSequence = [
        _item(
            DimensionOrganizationUID=organisation,
            DimensionIndexPointer=0x00209057,
            FunctionalGroupPointer=0x00209111,
        )
    ]
    ds.SOPInstanceUID = person.uid("enhanced")
    ds.InstanceNumber = 1
    yield ds


def _acquisition(ds: Dataset, study: Study) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]
    ds.AcquisitionDateTime = f"{study.on:%Y%m%d}{study.time}"
    ds.AcquisitionDuration = 185.0
    ds.FrameOfReferenceUID = study.person.uid("frame", study.number)
    ds.PositionReferenceIndicator = None
    ds.PatientPosition = "HFS"
    ds.ContentQualification = "PRODUCT"
    ds.ApplicableSafetyStandardAgency = "IEC"
    ds.AcquisitionNumber = 1
    ds.MagneticFieldStrength = 3.0
    ds.ResonantNucleus, ds.KSpaceFiltering = "1H", "NONE"
    ds.PulseSequenceName, ds.AcquisitionContrast = "tse2d1_15", "T2"
    ds.MRAcquisitionType, ds.EchoPulseSequence = "2D", "SPIN"
    ds.MultipleSpinEcho, ds.MultiPlanarExcitation = "YES", "NO"
    ds.SteadyStatePulseSequence, ds.EchoPlanarPulseSequence = "NONE", "NO"
    ds.SpectrallySelectedSuppression, ds.OversamplingPhase = "NONE", "NONE"
    ds.SaturationRecovery, ds.GeometryOfKSpaceTraversal = "NO", "RECTILINEAR"
    ds.SegmentedKSpaceTraversal, ds.RectilinearPhaseEncodeReordering = "PARTIAL", "LINEAR"
    ds.NumberOfKSpaceTrajectories = 1
    ds.PhaseContrast, ds.TimeOfFlightContrast = "NO", "NO"
    ds.VolumetricProperties, ds.VolumeBasedCalculationTechnique = "VOLUME", "NONE"
    ds.PixelPresentation, ds.ComplexImageComponent = "MONOCHROME", "MAGNITUDE"
    ds.BurnedInAnnotation, ds.LossyImageCompression = "NO", "00"
    ds.PresentationLUTShape = "IDENTITY"
    ds.AcquisitionContextSequence = []


def _shared(study: Study) -> Dataset:
    region = _item(CodeValue="12921003", CodingSchemeDesignator="SCT", CodeMeaning="Pelvis")
    return _item(
        PixelMeasuresSequence=[
            _item(PixelSpacing=[_SPACING, _SPACING], SliceThickness=_GAP, SpacingBetweenSlices=_GAP)
        ],
        PlaneOrientationSequence=[_item(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])],
        FrameAnatomySequence=[_item(FrameLaterality="U", AnatomicRegionSequence=[region])],
        PixelValueTransformationSequence=[_item(RescaleIntercept=0, RescaleSlope=1, RescaleType="US")],
        FrameVOILUTSequence=[_item(WindowCenter=300, WindowWidth=620)],
        MRImageFrameTypeSequence=[
            _item(
                FrameType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
                PixelPresentation="MONOCHROME",
                VolumetricProperties="VOLUME",
                VolumeBasedCalculationTechnique="NONE",
                ComplexImageComponent="MAGNITUDE",
                AcquisitionContrast="T2",
            )
        ],
        MRTimingAndRelatedParametersSequence=[
            _item(
                RepetitionTime=4200,
                FlipAngle=150,
                EchoTrainLength=15,
                RFEchoTrainLength=15,
                GradientEchoTrainLength=0,
                SpecificAbsorptionRateSequence=[
                    _item(SpecificAbsorptionRateDefinition="IEC_WHOLE_BODY", SpecificAbsorptionRateValue=1.1)
                ],
                GradientOutputType="DB_DT",
                GradientOutput=35.0,
                OperatingModeSequence=[
                    _item(OperatingModeType="STATIC FIELD", OperatingMode="IEC_NORMAL"),
                    _item(OperatingModeType="RF", OperatingMode="IEC_NORMAL"),
                    _item(OperatingModeType="GRADIENT", OperatingMode="IEC_NORMAL"),
                ],
            )
        ],
        MRFOVGeometrySequence=[
            _item(
                InPlanePhaseEncodingDirection="ROW",
                MRAcquisitionFrequencyEncodingSteps=128,
                MRAcquisitionPhaseEncodingStepsInPlane=128,
                PercentSampling=100,
                PercentPhaseFieldOfView=100,
            )
        ],
        MREchoSequence=[_item(EffectiveEchoTime=101.0)],
        MRModifierSequence=[
            _item(
                InversionRecovery="NO",
                FlowCompensation="NONE",
                Spoiling="NONE",
                T2Preparation="NO",
                SpectrallySelectedExcitation="NONE",
                SpatialPresaturation="NONE",
                PartialFourier="NO",
                ParallelAcquisition="NO",
            )
        ],
        MRImagingModifierSequence=[
            _item(
                MagnetizationTransfer="NONE",
                BloodSignalNulling="NO",
                Tagging="NONE",
                TransmitterFrequency=123.25,
                PixelBandwidth=200,
            )
        ],
        MRReceiveCoilSequence=[
            _item(
                ReceiveCoilName="Body_18",
                ReceiveCoilManufacturerName="SIEMENS",
                ReceiveCoilType="MULTICOIL",
                QuadratureReceiveCoil="NO",
                MultiCoilDefinitionSequence=[_item(MultiCoilElementName="B1", MultiCoilElementUsed="YES")],
            )
        ],
        MRTransmitCoilSequence=[
            _item(TransmitCoilName="Body", TransmitCoilManufacturerName="SIEMENS", TransmitCoilType="BODY")
        ],
        MRAveragesSequence=[_item(NumberOfAverages=2)],
    )


def _frame(study: Study, k: int) -> Dataset:
    corner = -_SPACING * (_SIZE - 1) / 2
    moment = f"{study.on:%Y%m%d}{study.time}"
    return _item(
        FrameContentSequence=[
            _item(
                FrameAcquisitionNumber=1,
                FrameReferenceDateTime=moment,
                FrameAcquisitionDateTime=moment,
                FrameAcquisitionDuration=30833.0,
                DimensionIndexValues=[k + 1],
                StackID="1",
                InStackPositionNumber=k + 1,
            )
        ],
        PlanePositionSequence=[
            _item(ImagePositionPatient=as_ds(corner, corner, (k - (_FRAMES - 1) / 2) * _GAP))
        ],
    )
