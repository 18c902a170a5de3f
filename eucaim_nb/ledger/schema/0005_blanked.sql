-- Rectangles of each output's picture that were made black, as a JSON list of [top, left, bottom, right].
ALTER TABLE deidentified ADD COLUMN blanked TEXT NOT NULL DEFAULT '[]';
