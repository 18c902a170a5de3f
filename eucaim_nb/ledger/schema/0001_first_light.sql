-- Version 1: what first light needs.

-- A folder that was scanned. `root` is absolute, or relative to the workspace for what we wrote ourselves.
CREATE TABLE source (
    id INTEGER PRIMARY KEY,
    root BLOB NOT NULL UNIQUE,
    scanned_at TEXT
);

-- A regular file, or a member of an archive (`member` is a JSON list of names, one per archive level, '' for a plain file).
-- Names are bytes as the file system has them: they need not be valid text.
CREATE TABLE file (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    folder BLOB NOT NULL,
    name BLOB NOT NULL,
    member TEXT NOT NULL DEFAULT '',
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    UNIQUE (source_id, folder, name, member)
);

-- What is not as it should be with one file or folder.
CREATE TABLE problem (
    id INTEGER PRIMARY KEY,
    source_id INTEGER NOT NULL REFERENCES source (id) ON DELETE CASCADE,
    folder BLOB NOT NULL,
    name BLOB NOT NULL,
    member TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL,
    message TEXT NOT NULL,
    sniffed TEXT NOT NULL DEFAULT '',
    usable INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX problem_by_place ON problem (source_id, folder, name);
CREATE INDEX problem_by_kind ON problem (kind);

-- One row per distinct combination of the attributes that the instances of a series normally share.
-- A series whose instances disagree has several rows here.
CREATE TABLE header (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    TransferSyntaxUID TEXT,
    SpecificCharacterSet TEXT,
    ImageType TEXT,
    SOPClassUID TEXT,
    StudyDate TEXT,
    SeriesDate TEXT,
    AcquisitionDate TEXT,
    StudyTime TEXT,
    AccessionNumber TEXT,
    Modality TEXT,
    Manufacturer TEXT,
    StudyDescription TEXT,
    SeriesDescription TEXT,
    ManufacturerModelName TEXT,
    PatientID TEXT,
    PatientBirthDate TEXT,
    PatientSex TEXT,
    PatientAge TEXT,
    PatientIdentityRemoved TEXT,
    BodyPartExamined TEXT,
    SliceThickness TEXT,
    KVP TEXT,
    SpacingBetweenSlices TEXT,
    ProtocolName TEXT,
    ImagerPixelSpacing TEXT,
    StudyInstanceUID TEXT,
    SeriesInstanceUID TEXT,
    SeriesNumber TEXT,
    ImageOrientationPatient TEXT,
    FrameOfReferenceUID TEXT,
    Laterality TEXT,
    SamplesPerPixel TEXT,
    PhotometricInterpretation TEXT,
    Rows TEXT,
    Columns TEXT,
    PixelSpacing TEXT,
    BitsAllocated TEXT,
    BitsStored TEXT,
    PixelRepresentation TEXT,
    BurnedInAnnotation TEXT
);
CREATE INDEX header_by_series ON header (SeriesInstanceUID);
CREATE INDEX header_by_study ON header (StudyInstanceUID);

-- `held_back`: the file must not be sent as it is (truncated, no preamble, invalid UID ...).
CREATE TABLE instance (
    file_id INTEGER PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE,
    header_id INTEGER NOT NULL REFERENCES header (id),
    size INTEGER NOT NULL,
    held_back INTEGER NOT NULL DEFAULT 0,
    SOPInstanceUID TEXT,
    EchoTime TEXT,
    TriggerTime TEXT,
    DiffusionBValue TEXT,
    AcquisitionNumber TEXT,
    InstanceNumber TEXT,
    ImagePositionPatient TEXT,
    TemporalPositionIdentifier TEXT,
    SliceLocation TEXT,
    NumberOfFrames TEXT
);
CREATE INDEX instance_by_header ON instance (header_id);
CREATE INDEX instance_by_uid ON instance (SOPInstanceUID);

CREATE TABLE job (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    arguments TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at REAL NOT NULL,
    started_at REAL,
    ended_at REAL,
    heartbeat_at REAL NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER,
    process_started REAL,
    stop_requested INTEGER NOT NULL DEFAULT 0,
    done INTEGER NOT NULL DEFAULT 0,
    total INTEGER,
    unit TEXT NOT NULL DEFAULT '',
    doing TEXT NOT NULL DEFAULT '',
    result TEXT,
    error TEXT
);
CREATE INDEX job_by_kind ON job (kind, id);

-- One instance on its way to one node.
CREATE TABLE upload (
    node TEXT NOT NULL,
    sop_instance_uid TEXT NOT NULL,
    study_instance_uid TEXT NOT NULL,
    series_instance_uid TEXT NOT NULL,
    patient_id TEXT NOT NULL,
    file_id INTEGER REFERENCES file (id) ON DELETE SET NULL,
    size INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    status INTEGER,
    message TEXT NOT NULL DEFAULT '',
    changed_at REAL NOT NULL,
    PRIMARY KEY (node, sop_instance_uid)
) WITHOUT ROWID;
CREATE INDEX upload_by_state ON upload (node, state);
CREATE INDEX upload_by_series ON upload (node, series_instance_uid);
CREATE INDEX upload_by_file ON upload (file_id);

-- What a person decided and what the program did on their behalf.
CREATE TABLE event (
    id INTEGER PRIMARY KEY,
    at REAL NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL
);
