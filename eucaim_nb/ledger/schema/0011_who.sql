-- Who did it: the account on the computer, for the dossier's "who did what when".
ALTER TABLE event ADD COLUMN who TEXT NOT NULL DEFAULT '';
