-- Version 3: what was sent can be compared with a node that lists digests, even when the file is gone.

-- MD5 of the bytes that were sent, in hexadecimal digits; empty until the file was read for it.
ALTER TABLE upload ADD COLUMN digest TEXT NOT NULL DEFAULT '';
