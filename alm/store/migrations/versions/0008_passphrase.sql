CREATE TABLE passphrase (
    number INTEGER NOT NULL CONSTRAINT passphrase_number CHECK (number = 1),
    is_set INTEGER DEFAULT '0' NOT NULL CONSTRAINT passphrase_is_set CHECK (is_set IN (0, 1)),
    salt TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (number),
    CONSTRAINT passphrase_whole CHECK (is_set = (length(salt) = 32) AND is_set = (length(hash) = 64))
) STRICT
