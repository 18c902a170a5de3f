-- Version 6: what proves that the node has an instance, and what it said about it.

-- The file (size and time) whose bytes the node took or gave back; NULL until it did.
ALTER TABLE upload ADD COLUMN known_size INTEGER;
ALTER TABLE upload ADD COLUMN known_mtime_ns INTEGER;
-- How the instance came to be verified: acknowledged, read back, digest, renamed.
ALTER TABLE upload ADD COLUMN proof TEXT NOT NULL DEFAULT '';
-- What the node changed or minded while storing it, in words.
ALTER TABLE upload ADD COLUMN warning TEXT NOT NULL DEFAULT '';
-- study/series/instance UIDs under which the node lists it, when it gave it others.
ALTER TABLE upload ADD COLUMN listed_as TEXT NOT NULL DEFAULT '';

UPDATE upload SET
    known_size = size,
    known_mtime_ns = (SELECT file.mtime_ns FROM file WHERE file.id = upload.file_id)
WHERE state IN ('verified', 'acknowledged');
