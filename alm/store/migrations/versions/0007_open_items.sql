ALTER TABLE accounts ADD COLUMN held_on TEXT CONSTRAINT accounts_held_on CHECK (held_on IS NULL OR (held_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(held_on, '+0 days') IS held_on AND held_on BETWEEN '1900-01-01' AND '2199-12-31'))

ALTER TABLE holdings ADD COLUMN cost_known INTEGER DEFAULT '1' NOT NULL CONSTRAINT holdings_cost_known CHECK (cost_known IN (0, 1))

CREATE TABLE open_items (
    account TEXT NOT NULL CONSTRAINT open_items_account CHECK (length(account) BETWEEN 1 AND 200 AND account = trim(account) AND account NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    item TEXT NOT NULL CONSTRAINT open_items_item CHECK (length(item) BETWEEN 1 AND 200 AND item = trim(item) AND item NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    part TEXT NOT NULL CONSTRAINT open_items_part CHECK (part IN ('holdings', 'cash', 'transactions')),
    ticker TEXT CONSTRAINT open_items_ticker CHECK (ticker IS NULL OR (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    place TEXT DEFAULT '' NOT NULL CONSTRAINT open_items_place CHECK (length(place) <= 2000),
    reason TEXT DEFAULT '' NOT NULL CONSTRAINT open_items_reason CHECK (length(reason) <= 2000),
    field TEXT DEFAULT '' NOT NULL CONSTRAINT open_items_field CHECK (length(field) BETWEEN 0 AND 200 AND field = trim(field) AND field NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    word TEXT DEFAULT '' NOT NULL CONSTRAINT open_items_word CHECK (length(word) BETWEEN 0 AND 200 AND word = trim(word) AND word NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    meaning TEXT DEFAULT '' NOT NULL CONSTRAINT open_items_meaning CHECK (length(meaning) BETWEEN 0 AND 200 AND meaning = trim(meaning) AND meaning NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    state TEXT DEFAULT 'open' NOT NULL CONSTRAINT open_items_state CHECK (state IN ('open', 'ignored', 'entered', 'mapped')),
    PRIMARY KEY (account, item),
    FOREIGN KEY(account) REFERENCES accounts (name) ON UPDATE CASCADE
) WITHOUT ROWID, STRICT

CREATE TRIGGER open_items_insert_touches AFTER INSERT ON open_items BEGIN
    INSERT INTO touched VALUES ('open_items', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER open_items_delete_touches AFTER DELETE ON open_items BEGIN
    INSERT INTO touched VALUES ('open_items', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER open_items_update_touches AFTER UPDATE ON open_items BEGIN
    INSERT INTO touched VALUES ('open_items', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

ALTER TABLE transactions RENAME TO transactions_before

CREATE TABLE transactions (
    id INTEGER NOT NULL,
    date TEXT NOT NULL CONSTRAINT transactions_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    kind TEXT NOT NULL CONSTRAINT transactions_kind CHECK (kind IN ('buy', 'sell', 'dividend', 'split', 'transfer', 'delivery', 'exchange', 'spin_off', 'deposit', 'withdrawal', 'fee', 'interest', 'draw', 'repayment')),
    account TEXT NOT NULL CONSTRAINT transactions_account CHECK (length(account) BETWEEN 1 AND 200 AND account = trim(account) AND account NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    to_account TEXT CONSTRAINT transactions_to_account CHECK (to_account IS NULL OR (length(to_account) BETWEEN 1 AND 200 AND to_account = trim(to_account) AND to_account NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    ticker TEXT CONSTRAINT transactions_ticker CHECK (ticker IS NULL OR (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    quantity TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_quantity CHECK ((quantity GLOB '[0-9]*' OR quantity GLOB '-[0-9]*') AND substr(quantity, 2) NOT GLOB '*[^0-9.]*' AND quantity NOT GLOB '*.*.*' AND quantity NOT GLOB '*.' AND quantity NOT GLOB '*.*0' AND quantity NOT GLOB '0[0-9]*' AND quantity NOT GLOB '-0[0-9]*' AND quantity <> '-0' AND length(quantity) <= 32 AND CAST(quantity AS REAL) >= 0),
    price TEXT CONSTRAINT transactions_price CHECK (price IS NULL OR ((price GLOB '[0-9]*' OR price GLOB '-[0-9]*') AND substr(price, 2) NOT GLOB '*[^0-9.]*' AND price NOT GLOB '*.*.*' AND price NOT GLOB '*.' AND price NOT GLOB '*.*0' AND price NOT GLOB '0[0-9]*' AND price NOT GLOB '-0[0-9]*' AND price <> '-0' AND length(price) <= 32 AND CAST(price AS REAL) >= 0)),
    amount TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_amount CHECK ((amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND substr(amount, 2) NOT GLOB '*[^0-9.]*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND amount NOT GLOB '*.*0' AND amount NOT GLOB '0[0-9]*' AND amount NOT GLOB '-0[0-9]*' AND amount <> '-0' AND length(amount) <= 32 AND CAST(amount AS REAL) >= 0),
    currency TEXT NOT NULL CONSTRAINT transactions_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    fee TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_fee CHECK ((fee GLOB '[0-9]*' OR fee GLOB '-[0-9]*') AND substr(fee, 2) NOT GLOB '*[^0-9.]*' AND fee NOT GLOB '*.*.*' AND fee NOT GLOB '*.' AND fee NOT GLOB '*.*0' AND fee NOT GLOB '0[0-9]*' AND fee NOT GLOB '-0[0-9]*' AND fee <> '-0' AND length(fee) <= 32 AND CAST(fee AS REAL) >= 0),
    tax TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_tax CHECK ((tax GLOB '[0-9]*' OR tax GLOB '-[0-9]*') AND substr(tax, 2) NOT GLOB '*[^0-9.]*' AND tax NOT GLOB '*.*.*' AND tax NOT GLOB '*.' AND tax NOT GLOB '*.*0' AND tax NOT GLOB '0[0-9]*' AND tax NOT GLOB '-0[0-9]*' AND tax <> '-0' AND length(tax) <= 32 AND CAST(tax AS REAL) >= 0),
    fx TEXT CONSTRAINT transactions_fx CHECK (fx IS NULL OR ((fx GLOB '[0-9]*' OR fx GLOB '-[0-9]*') AND substr(fx, 2) NOT GLOB '*[^0-9.]*' AND fx NOT GLOB '*.*.*' AND fx NOT GLOB '*.' AND fx NOT GLOB '*.*0' AND fx NOT GLOB '0[0-9]*' AND fx NOT GLOB '-0[0-9]*' AND fx <> '-0' AND length(fx) <= 32 AND CAST(fx AS REAL) > 0)),
    loan TEXT CONSTRAINT transactions_loan CHECK (loan IS NULL OR (length(loan) BETWEEN 1 AND 200 AND loan = trim(loan) AND loan NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    note TEXT DEFAULT '' NOT NULL CONSTRAINT transactions_note CHECK (length(note) <= 2000),
    fingerprint TEXT NOT NULL CONSTRAINT transactions_fingerprint CHECK (length(fingerprint) BETWEEN 1 AND 200 AND fingerprint = trim(fingerprint) AND fingerprint NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    to_ticker TEXT CONSTRAINT transactions_to_ticker CHECK (to_ticker IS NULL OR (length(to_ticker) BETWEEN 1 AND 200 AND to_ticker = trim(to_ticker) AND to_ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    to_quantity TEXT DEFAULT '0' NOT NULL CONSTRAINT transactions_to_quantity CHECK ((to_quantity GLOB '[0-9]*' OR to_quantity GLOB '-[0-9]*') AND substr(to_quantity, 2) NOT GLOB '*[^0-9.]*' AND to_quantity NOT GLOB '*.*.*' AND to_quantity NOT GLOB '*.' AND to_quantity NOT GLOB '*.*0' AND to_quantity NOT GLOB '0[0-9]*' AND to_quantity NOT GLOB '-0[0-9]*' AND to_quantity <> '-0' AND length(to_quantity) <= 32 AND CAST(to_quantity AS REAL) >= 0),
    cost_share TEXT DEFAULT '1' NOT NULL CONSTRAINT transactions_cost_share CHECK ((cost_share GLOB '[0-9]*' OR cost_share GLOB '-[0-9]*') AND substr(cost_share, 2) NOT GLOB '*[^0-9.]*' AND cost_share NOT GLOB '*.*.*' AND cost_share NOT GLOB '*.' AND cost_share NOT GLOB '*.*0' AND cost_share NOT GLOB '0[0-9]*' AND cost_share NOT GLOB '-0[0-9]*' AND cost_share <> '-0' AND length(cost_share) <= 32 AND CAST(cost_share AS REAL) >= 0 AND CAST(cost_share AS REAL) <= 1),
    parts TEXT DEFAULT '' NOT NULL CONSTRAINT transactions_parts CHECK (length(parts) <= 2000),
    PRIMARY KEY (id),
    CONSTRAINT transactions_units CHECK (kind NOT IN ('buy', 'sell', 'split', 'delivery', 'exchange') OR (ticker IS NOT NULL AND CAST(quantity AS REAL) > 0)),
    CONSTRAINT transactions_into CHECK (kind NOT IN ('exchange', 'spin_off') OR (ticker IS NOT NULL AND to_ticker IS NOT NULL AND to_ticker <> ticker AND CAST(to_quantity AS REAL) > 0)),
    CONSTRAINT transactions_of_loan CHECK (kind NOT IN ('draw', 'repayment') OR loan IS NOT NULL),
    CONSTRAINT transactions_to CHECK (to_account IS NULL OR (kind = 'transfer' AND to_account <> account)),
    FOREIGN KEY(account) REFERENCES accounts (name) ON UPDATE CASCADE,
    FOREIGN KEY(to_account) REFERENCES accounts (name) ON UPDATE CASCADE,
    UNIQUE (fingerprint)
) STRICT

INSERT INTO transactions (id, date, kind, account, to_account, ticker, quantity, price, amount, currency, fee, tax, fx, loan, note, fingerprint) SELECT id, date, kind, account, to_account, ticker, quantity, price, amount, currency, fee, tax, fx, loan, note, fingerprint FROM transactions_before

DROP TABLE transactions_before

CREATE INDEX transactions_by_date ON transactions (date)

CREATE TRIGGER transactions_insert_touches AFTER INSERT ON transactions BEGIN
    INSERT INTO touched VALUES ('transactions/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER transactions_delete_touches AFTER DELETE ON transactions BEGIN
    INSERT INTO touched VALUES ('transactions/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER transactions_update_touches AFTER UPDATE ON transactions BEGIN
    INSERT INTO touched VALUES ('transactions/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
    INSERT INTO touched VALUES ('transactions/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END
