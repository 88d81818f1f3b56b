CREATE TABLE calls (
    loan TEXT NOT NULL CONSTRAINT calls_loan CHECK (length(loan) BETWEEN 1 AND 200 AND loan = trim(loan) AND loan NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    detected TEXT NOT NULL CONSTRAINT calls_detected CHECK (detected GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(detected, '+0 days') IS detected AND detected BETWEEN '1900-01-01' AND '2199-12-31'),
    ltv TEXT CONSTRAINT calls_ltv CHECK (ltv IS NULL OR ((ltv GLOB '[0-9]*' OR ltv GLOB '-[0-9]*') AND substr(ltv, 2) NOT GLOB '*[^0-9.]*' AND ltv NOT GLOB '*.*.*' AND ltv NOT GLOB '*.' AND ltv NOT GLOB '*.*0' AND ltv NOT GLOB '0[0-9]*' AND ltv NOT GLOB '-0[0-9]*' AND ltv <> '-0' AND length(ltv) <= 32 AND CAST(ltv AS REAL) > 0)),
    demanded_target TEXT NOT NULL CONSTRAINT calls_demanded_target CHECK ((demanded_target GLOB '[0-9]*' OR demanded_target GLOB '-[0-9]*') AND substr(demanded_target, 2) NOT GLOB '*[^0-9.]*' AND demanded_target NOT GLOB '*.*.*' AND demanded_target NOT GLOB '*.' AND demanded_target NOT GLOB '*.*0' AND demanded_target NOT GLOB '0[0-9]*' AND demanded_target NOT GLOB '-0[0-9]*' AND demanded_target <> '-0' AND length(demanded_target) <= 32 AND CAST(demanded_target AS REAL) > 0),
    amount TEXT NOT NULL CONSTRAINT calls_amount CHECK ((amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND substr(amount, 2) NOT GLOB '*[^0-9.]*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND amount NOT GLOB '*.*0' AND amount NOT GLOB '0[0-9]*' AND amount NOT GLOB '-0[0-9]*' AND amount <> '-0' AND length(amount) <= 32 AND CAST(amount AS REAL) >= 0),
    owed TEXT NOT NULL CONSTRAINT calls_owed CHECK ((owed GLOB '[0-9]*' OR owed GLOB '-[0-9]*') AND substr(owed, 2) NOT GLOB '*[^0-9.]*' AND owed NOT GLOB '*.*.*' AND owed NOT GLOB '*.' AND owed NOT GLOB '*.*0' AND owed NOT GLOB '0[0-9]*' AND owed NOT GLOB '-0[0-9]*' AND owed <> '-0' AND length(owed) <= 32 AND CAST(owed AS REAL) >= 0),
    deadline TEXT NOT NULL CONSTRAINT calls_deadline CHECK (deadline GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(deadline, '+0 days') IS deadline AND deadline BETWEEN '1900-01-01' AND '2199-12-31'),
    exchange TEXT NOT NULL CONSTRAINT calls_exchange CHECK (length(exchange) BETWEEN 1 AND 200 AND exchange = trim(exchange) AND exchange NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    hour TEXT CONSTRAINT calls_hour CHECK (hour IS NULL OR (length(hour) BETWEEN 1 AND 200 AND hour = trim(hour) AND hour NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    state TEXT DEFAULT 'open' NOT NULL CONSTRAINT calls_state CHECK (state IN ('open', 'cured', 'closed')),
    closed_on TEXT CONSTRAINT calls_closed_on CHECK (closed_on IS NULL OR (closed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(closed_on, '+0 days') IS closed_on AND closed_on BETWEEN '1900-01-01' AND '2199-12-31')),
    reason TEXT DEFAULT '' NOT NULL CONSTRAINT calls_reason CHECK (length(reason) <= 2000),
    confirmed INTEGER DEFAULT '0' NOT NULL CONSTRAINT calls_confirmed CHECK (confirmed IN (0, 1)),
    payments TEXT DEFAULT '[]' NOT NULL CONSTRAINT calls_payments CHECK (payments GLOB '[[]*]'),
    PRIMARY KEY (loan, detected),
    CONSTRAINT calls_over CHECK ((state = 'open') = (closed_on IS NULL)),
    FOREIGN KEY(loan) REFERENCES loans (name) ON DELETE CASCADE ON UPDATE CASCADE
)
 WITHOUT ROWID,
 STRICT

CREATE UNIQUE INDEX calls_open ON calls (loan) WHERE state = 'open'
