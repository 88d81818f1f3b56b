ALTER TABLE fx_rates ADD COLUMN provisional INTEGER DEFAULT '1' NOT NULL CONSTRAINT fx_rates_provisional CHECK (provisional IN (0, 1))

UPDATE fx_rates SET provisional = 0 WHERE source IN ('yahoo', 'coingecko', 'ecb', 'csv') AND NOT EXISTS (
    SELECT 1 FROM quote_status q WHERE q.kind = 'rate' AND q.ticker = fx_rates.currency AND q.provisional = fx_rates.date
)

ALTER TABLE prices RENAME TO prices_old

CREATE TABLE prices (
    ticker TEXT NOT NULL CONSTRAINT prices_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    currency TEXT NOT NULL CONSTRAINT prices_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    date TEXT NOT NULL CONSTRAINT prices_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    close TEXT NOT NULL CONSTRAINT prices_close CHECK ((close GLOB '[0-9]*' OR close GLOB '-[0-9]*') AND substr(close, 2) NOT GLOB '*[^0-9.]*' AND close NOT GLOB '*.*.*' AND close NOT GLOB '*.' AND close NOT GLOB '*.*0' AND close NOT GLOB '0[0-9]*' AND close NOT GLOB '-0[0-9]*' AND close <> '-0' AND length(close) <= 32 AND CAST(close AS REAL) > 0),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT prices_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    provisional INTEGER DEFAULT '1' NOT NULL CONSTRAINT prices_provisional CHECK (provisional IN (0, 1)),
    PRIMARY KEY (ticker, currency, date)
)
 WITHOUT ROWID,
 STRICT

INSERT INTO prices (ticker, currency, date, close, source, provisional)
SELECT ticker, currency, date, close, source, source NOT IN ('yahoo', 'coingecko', 'ecb', 'csv') OR EXISTS (
    SELECT 1 FROM quote_status q WHERE q.kind = 'price' AND q.ticker = p.ticker AND q.provisional = p.date
) FROM prices_old p

ALTER TABLE dividends RENAME TO dividends_old

CREATE TABLE dividends (
    ticker TEXT NOT NULL CONSTRAINT dividends_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    ex_date TEXT NOT NULL CONSTRAINT dividends_ex_date CHECK (ex_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(ex_date, '+0 days') IS ex_date AND ex_date BETWEEN '1900-01-01' AND '2199-12-31'),
    kind TEXT DEFAULT 'regular' NOT NULL CONSTRAINT dividends_kind CHECK (kind IN ('regular', 'special')),
    quoted_in TEXT DEFAULT '' NOT NULL CONSTRAINT dividends_quoted_in CHECK (quoted_in = '' OR (length(quoted_in) = 3 AND quoted_in NOT GLOB '*[^A-Z]*')),
    pay_date TEXT NOT NULL CONSTRAINT dividends_pay_date CHECK (pay_date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(pay_date, '+0 days') IS pay_date AND pay_date BETWEEN '1900-01-01' AND '2199-12-31'),
    amount TEXT NOT NULL CONSTRAINT dividends_amount CHECK ((amount GLOB '[0-9]*' OR amount GLOB '-[0-9]*') AND substr(amount, 2) NOT GLOB '*[^0-9.]*' AND amount NOT GLOB '*.*.*' AND amount NOT GLOB '*.' AND amount NOT GLOB '*.*0' AND amount NOT GLOB '0[0-9]*' AND amount NOT GLOB '-0[0-9]*' AND amount <> '-0' AND length(amount) <= 32 AND CAST(amount AS REAL) >= 0),
    currency TEXT NOT NULL CONSTRAINT dividends_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    status TEXT DEFAULT 'actual' NOT NULL CONSTRAINT dividends_status CHECK (status IN ('actual', 'projected')),
    PRIMARY KEY (ticker, ex_date, kind, quoted_in),
    CONSTRAINT dividends_order CHECK (pay_date >= ex_date)
)
 WITHOUT ROWID,
 STRICT

INSERT INTO dividends (ticker, ex_date, pay_date, amount, currency, kind, status, quoted_in)
SELECT ticker, ex_date, pay_date, amount, currency, kind, status, '' FROM dividends_old

ALTER TABLE splits RENAME TO splits_old

CREATE TABLE splits (
    ticker TEXT NOT NULL CONSTRAINT splits_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    date TEXT NOT NULL CONSTRAINT splits_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    quoted_in TEXT DEFAULT '' NOT NULL CONSTRAINT splits_quoted_in CHECK (quoted_in = '' OR (length(quoted_in) = 3 AND quoted_in NOT GLOB '*[^A-Z]*')),
    ratio TEXT NOT NULL CONSTRAINT splits_ratio CHECK ((ratio GLOB '[0-9]*' OR ratio GLOB '-[0-9]*') AND substr(ratio, 2) NOT GLOB '*[^0-9.]*' AND ratio NOT GLOB '*.*.*' AND ratio NOT GLOB '*.' AND ratio NOT GLOB '*.*0' AND ratio NOT GLOB '0[0-9]*' AND ratio NOT GLOB '-0[0-9]*' AND ratio <> '-0' AND length(ratio) <= 32 AND CAST(ratio AS REAL) > 0),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT splits_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    held_before TEXT CONSTRAINT splits_held_before CHECK (held_before IS NULL OR ((held_before GLOB '[0-9]*' OR held_before GLOB '-[0-9]*') AND substr(held_before, 2) NOT GLOB '*[^0-9.]*' AND held_before NOT GLOB '*.*.*' AND held_before NOT GLOB '*.' AND held_before NOT GLOB '*.*0' AND held_before NOT GLOB '0[0-9]*' AND held_before NOT GLOB '-0[0-9]*' AND held_before <> '-0' AND length(held_before) <= 32)),
    PRIMARY KEY (ticker, date, quoted_in)
)
 WITHOUT ROWID,
 STRICT

INSERT INTO splits (ticker, date, ratio, source, quoted_in, held_before)
SELECT ticker, date, ratio, source, '', NULL FROM splits_old

ALTER TABLE price_sources RENAME TO price_sources_old

CREATE TABLE price_sources (
    kind TEXT DEFAULT 'price' NOT NULL CONSTRAINT price_sources_kind CHECK (kind IN ('price', 'rate')),
    ticker TEXT NOT NULL CONSTRAINT price_sources_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    currency TEXT DEFAULT '' NOT NULL CONSTRAINT price_sources_currency CHECK (currency = '' OR (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*')),
    rank TEXT DEFAULT '1' NOT NULL CONSTRAINT price_sources_rank CHECK (rank IN ('1', '2', '3')),
    source TEXT NOT NULL CONSTRAINT price_sources_source CHECK (source IN ('yahoo', 'coingecko', 'ecb', 'toushin', 'csv', 'manual')),
    symbol TEXT DEFAULT '' NOT NULL CONSTRAINT price_sources_symbol CHECK (length(symbol) BETWEEN 0 AND 200 AND symbol = trim(symbol) AND symbol NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    scale TEXT DEFAULT '1' NOT NULL CONSTRAINT price_sources_scale CHECK ((scale GLOB '[0-9]*' OR scale GLOB '-[0-9]*') AND substr(scale, 2) NOT GLOB '*[^0-9.]*' AND scale NOT GLOB '*.*.*' AND scale NOT GLOB '*.' AND scale NOT GLOB '*.*0' AND scale NOT GLOB '0[0-9]*' AND scale NOT GLOB '-0[0-9]*' AND scale <> '-0' AND length(scale) <= 32 AND CAST(scale AS REAL) > 0),
    PRIMARY KEY (kind, ticker, currency, rank)
)
 WITHOUT ROWID,
 STRICT

INSERT INTO price_sources (kind, ticker, source, symbol, currency, scale, rank)
SELECT kind, ticker, source, symbol, coalesce(currency, ''), scale, '1' FROM price_sources_old

ALTER TABLE quote_status RENAME TO quote_status_old

CREATE TABLE quote_status (
    kind TEXT NOT NULL CONSTRAINT quote_status_kind CHECK (kind IN ('price', 'rate')),
    ticker TEXT NOT NULL CONSTRAINT quote_status_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    currency TEXT NOT NULL CONSTRAINT quote_status_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    tried_at TEXT NOT NULL CONSTRAINT quote_status_tried_at CHECK (length(tried_at) BETWEEN 1 AND 200 AND tried_at = trim(tried_at) AND tried_at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    succeeded_at TEXT CONSTRAINT quote_status_succeeded_at CHECK (succeeded_at IS NULL OR (length(succeeded_at) BETWEEN 1 AND 200 AND succeeded_at = trim(succeeded_at) AND succeeded_at NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')),
    failure TEXT DEFAULT '' NOT NULL CONSTRAINT quote_status_failure CHECK (length(failure) <= 2000),
    PRIMARY KEY (kind, ticker, currency)
)
 WITHOUT ROWID,
 STRICT

INSERT INTO quote_status (kind, ticker, currency, tried_at, succeeded_at, failure)
SELECT kind, ticker, coalesce(
    (SELECT currency FROM price_sources s WHERE s.kind = o.kind AND s.ticker = o.ticker AND s.currency <> ''),
    CASE kind WHEN 'price' THEN (SELECT currency FROM holdings h WHERE h.ticker = o.ticker LIMIT 1) END,
    (SELECT value FROM settings WHERE name = 'base_currency'), 'JPY'
), tried_at, succeeded_at, failure FROM quote_status_old o

ALTER TABLE quarantine RENAME TO quarantine_old

CREATE TABLE quarantine (
    kind TEXT NOT NULL CONSTRAINT quarantine_kind CHECK (kind IN ('price', 'rate', 'dividend')),
    ticker TEXT NOT NULL CONSTRAINT quarantine_ticker CHECK (length(ticker) BETWEEN 1 AND 200 AND ticker = trim(ticker) AND ticker NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    date TEXT NOT NULL CONSTRAINT quarantine_date CHECK (date GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]' AND date(date, '+0 days') IS date AND date BETWEEN '1900-01-01' AND '2199-12-31'),
    quoted_in TEXT NOT NULL CONSTRAINT quarantine_quoted_in CHECK (length(quoted_in) = 3 AND quoted_in NOT GLOB '*[^A-Z]*'),
    value TEXT NOT NULL CONSTRAINT quarantine_value CHECK (length(value) BETWEEN 1 AND 200 AND value = trim(value) AND value NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    currency TEXT NOT NULL CONSTRAINT quarantine_currency CHECK (length(currency) = 3 AND currency NOT GLOB '*[^A-Z]*'),
    source TEXT DEFAULT '' NOT NULL CONSTRAINT quarantine_source CHECK (length(source) BETWEEN 0 AND 200 AND source = trim(source) AND source NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
    reason TEXT DEFAULT '' NOT NULL CONSTRAINT quarantine_reason CHECK (length(reason) <= 2000),
    status TEXT DEFAULT 'held' NOT NULL CONSTRAINT quarantine_status CHECK (status IN ('held', 'discarded')),
    PRIMARY KEY (kind, ticker, date, quoted_in)
)
 WITHOUT ROWID,
 STRICT

INSERT INTO quarantine (kind, ticker, date, value, currency, source, reason, status, quoted_in)
SELECT kind, ticker, date, value, currency, source, reason, status, currency FROM quarantine_old

DROP TABLE prices_old

DROP TABLE dividends_old

DROP TABLE splits_old

DROP TABLE price_sources_old

DROP TABLE quote_status_old

DROP TABLE quarantine_old

CREATE TRIGGER prices_insert_touches AFTER INSERT ON prices BEGIN
    INSERT INTO touched VALUES ('prices/' || NEW.ticker || '/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER prices_delete_touches AFTER DELETE ON prices BEGIN
    INSERT INTO touched VALUES ('prices/' || OLD.ticker || '/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER prices_update_touches AFTER UPDATE ON prices BEGIN
    INSERT INTO touched VALUES ('prices/' || OLD.ticker || '/' || substr(OLD.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
    INSERT INTO touched VALUES ('prices/' || NEW.ticker || '/' || substr(NEW.date, 1, 4), 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER dividends_insert_touches AFTER INSERT ON dividends BEGIN
    INSERT INTO touched VALUES ('dividends', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER dividends_delete_touches AFTER DELETE ON dividends BEGIN
    INSERT INTO touched VALUES ('dividends', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER dividends_update_touches AFTER UPDATE ON dividends BEGIN
    INSERT INTO touched VALUES ('dividends', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER splits_insert_touches AFTER INSERT ON splits BEGIN
    INSERT INTO touched VALUES ('splits', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER splits_delete_touches AFTER DELETE ON splits BEGIN
    INSERT INTO touched VALUES ('splits', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER splits_update_touches AFTER UPDATE ON splits BEGIN
    INSERT INTO touched VALUES ('splits', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER price_sources_insert_touches AFTER INSERT ON price_sources BEGIN
    INSERT INTO touched VALUES ('price_sources', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER price_sources_delete_touches AFTER DELETE ON price_sources BEGIN
    INSERT INTO touched VALUES ('price_sources', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

CREATE TRIGGER price_sources_update_touches AFTER UPDATE ON price_sources BEGIN
    INSERT INTO touched VALUES ('price_sources', 1) ON CONFLICT (part) DO UPDATE SET times = times + 1;
END

DROP INDEX holdings_once

CREATE UNIQUE INDEX holdings_once ON holdings (account, ticker, currency, coalesce(pledged_to, ''))
